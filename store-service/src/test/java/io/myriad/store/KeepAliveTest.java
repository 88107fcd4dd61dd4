package io.myriad.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code --grpc-keepalive-…} does to clients of a running store, who speak HTTP/2 themselves here: gRPC's do not ping often enough. */
final class KeepAliveTest {

    private static final int PINGS = 8;
    private static final int PAUSE_MILLIS = 5;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final byte[] HELLO = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0")
            .getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] PING = "\0\0\10\6\0\0\0\0\0--------".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    Path directory = Path.of("");

    private static Socket connect(TestStore store) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), store.port());
        socket.getOutputStream().write(HELLO);
        return socket;
    }

    /** Pings, with pauses in which what comes is read, and tells whether the store has closed the connection for it. */
    private static boolean isSentAway(Socket socket) throws IOException {
        socket.setSoTimeout(PAUSE_MILLIS);
        for (int i = 0; i < PINGS; i++) {
            try {
                socket.getOutputStream().write(PING);
                while (socket.getInputStream().read() >= 0) {
                    // Until there is nothing for a while.
                }
                return true;
            } catch (SocketTimeoutException e) {
                // The next one.
            }
        }
        return false;
    }

    @Test
    void whoPingsMoreOftenThanIsAllowedIsSentAway() throws Exception {
        try (TestStore store = TestStore.start(directory.resolve("default")); Socket socket = connect(store)) {
            assertThat(isSentAway(socket)).isTrue();
        }
        try (TestStore store = TestStore.start(directory.resolve("often"), "--grpc-keepalive-min-time=1ms");
                Socket socket = connect(store)) {
            assertThat(isSentAway(socket)).isFalse();
        }
    }

    /** A second is made ten by gRPC. */
    @Test
    void whoIsSilentIsAskedAndClosed() throws Exception {
        try (TestStore store = TestStore.start(directory, "--grpc-keepalive-interval=1s",
                "--grpc-keepalive-timeout=500ms"); Socket socket = connect(store)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            InputStream in = socket.getInputStream();
            int pings = 0;
            for (byte[] head = in.readNBytes(9); head.length == 9; head = in.readNBytes(9)) {
                pings += head[3] == 6 ? 1 : 0;
                in.skipNBytes((head[0] & 0xFF) << 16 | (head[1] & 0xFF) << 8 | head[2] & 0xFF);
            }
            assertThat(pings).isPositive();
        }
    }
}
