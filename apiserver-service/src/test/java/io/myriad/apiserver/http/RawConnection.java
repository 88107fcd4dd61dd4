package io.myriad.apiserver.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/** A TLS connection over which a test sends what no decent client would. Reads fail when nothing comes for long. */
public final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int CONTROL = 8;

    /** The head of an answer; names of headers are in lower case. */
    public record Head(int status, Map<String, String> headers) {
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** A frame of a WebSocket, its bytes as characters. */
    public record Frame(int kind, String content) {
        public int closeCode() {
            return content.charAt(0) << 8 | content.charAt(1);
        }
    }

    private final SSLSocket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** Connects, and agrees on one of these protocols if there are any. */
    public RawConnection(URI url, SSLContext tls, String... protocols) throws IOException {
        socket = (SSLSocket) tls.getSocketFactory().createSocket(url.getHost(), url.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /** Sends bytes, given as characters. */
    public void send(String bytes) throws IOException {
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** Sends bytes. */
    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** What the server sends, to be read as it comes. */
    DataInputStream in() {
        return in;
    }

    /** Asks for a WebSocket, one header being another or, when null, missing. */
    public void upgrade(String target, String header, @Nullable String value) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("Host", "localhost", "Upgrade", "websocket",
                "Connection", "Upgrade", "Sec-WebSocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg==", "Sec-WebSocket-Version",
                "13", "Origin", "https://localhost"));
        if (value == null) {
            headers.remove(header);
        } else {
            headers.put(header, value);
        }
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
        headers.forEach((name, text) -> request.append(name).append(": ").append(text).append("\r\n"));
        send(request.append("\r\n").toString());
    }

    /** Reads an answer's head. */
    public Head head() throws IOException {
        String[] first = line().split(" ", 3);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Head(Integer.parseInt(first[1]), headers);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("after " + line);
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    /** Reads until the server closes. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed the connection; waits for it. */
    public boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Sends a short frame of a WebSocket. */
    public void frame(int kind, String content, boolean masked) throws IOException {
        if (content.length() >= TWO_BYTES) {
            throw new IllegalArgumentException("too long: " + content.length());
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(FIN | kind);
        frame.write((masked ? MASKED : 0) | content.length());
        if (masked) {
            // A mask of zeros changes nothing.
            frame.writeBytes(new byte[4]);
        }
        frame.writeBytes(content.getBytes(StandardCharsets.ISO_8859_1));
        out.write(frame.toByteArray());
        out.flush();
    }

    /** Begins a frame that says how long it will be. */
    public void frameHead(int kind, long length) throws IOException {
        out.write(ByteBuffer.allocate(10).put((byte) (FIN | kind)).put((byte) (MASKED | EIGHT_BYTES)).putLong(length)
                .array());
        out.flush();
    }

    /** Reads frames up to the next that is no message. */
    public Frame nextControl() throws IOException {
        while (true) {
            int kind = in.readUnsignedByte() & 0x0f;
            int length = in.readUnsignedByte();
            if (length == TWO_BYTES) {
                length = in.readUnsignedShort();
            } else if (length == EIGHT_BYTES) {
                length = Math.toIntExact(in.readLong());
            }
            String content = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            if (kind >= CONTROL) {
                return new Frame(kind, content);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
