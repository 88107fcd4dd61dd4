package io.myriad.control.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.myriad.certificates.Credential;
import io.myriad.certificates.CredentialChain;
import io.myriad.certificates.SingleKeyManager;

/** The least server that speaks HTTP/2 (RFC 9113) over TLS: it answers 200 without a body to every request without one, and counts. */
final class HttpTwoServer implements AutoCloseable {
    private static final int PREFACE_BYTES = 24;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int ACK = 1;
    /** END_STREAM and END_HEADERS. */
    private static final int ALL = 5;
    /** The entry of HPACK's static table (RFC 7541, appendix A) that says {@code :status: 200}. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

    private final SSLServerSocket listener;
    private final Set<SSLSocket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    HttpTwoServer(Credential credential) throws IOException, GeneralSecurityException {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(new KeyManager[]{SingleKeyManager.of(CredentialChain.of(credential))}, null, null);
        listener = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket(0, 0,
                InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    URI uri() {
        return URI.create("https://localhost:" + listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                SSLSocket socket = (SSLSocket) listener.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                socket.setHandshakeApplicationProtocolSelector((any, offered) -> offered.contains("h2") ? "h2" : null);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(SSLSocket socket) {
        try (socket; DataInputStream in = new DataInputStream(socket.getInputStream())) {
            OutputStream out = socket.getOutputStream();
            in.skipNBytes(PREFACE_BYTES);
            frame(out, SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                if (type == HEADERS) {
                    requests.incrementAndGet();
                    frame(out, HEADERS, ALL, stream, STATUS_200);
                } else if (type == SETTINGS && (flags & ACK) == 0) {
                    frame(out, SETTINGS, ACK, 0, new byte[0]);
                } else if (type == PING && (flags & ACK) == 0) {
                    frame(out, PING, ACK, 0, payload);
                }
            }
        } catch (IOException closed) {
            // By the client, or by the end of the test.
        }
    }

    private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        byte[] frame = new byte[9 + payload.length];
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        for (int i = 0; i < 4; i++) {
            frame[5 + i] = (byte) (stream >>> 24 - 8 * i);
        }
        System.arraycopy(payload, 0, frame, 9, payload.length);
        out.write(frame);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SSLSocket socket : sockets) {
            socket.close();
        }
    }
}
