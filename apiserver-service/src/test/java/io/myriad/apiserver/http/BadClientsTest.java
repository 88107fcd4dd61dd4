package io.myriad.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that hold on to connections without end, break the protocol, or ask for more than is good: each is ended by a
 * limit that has a name and is counted, and a decent client is served all the while.
 */
class BadClientsTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SOON_MILLIS = 200;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GO_AWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    /** {@code GET https /} from HPACK's static table, and an authority. */
    private static final byte[] GET = {(byte) 0x82, (byte) 0x87, (byte) 0x84, 0x01, 1, 'h'};
    /** The same with {@code POST}. */
    private static final byte[] POST = {(byte) 0x83, (byte) 0x87, (byte) 0x84, 0x01, 1, 'h'};

    private static SslContext serverTls;
    private static SSLContext clientTls;

    private final CountDownLatch released = new CountDownLatch(1);
    private @Nullable HttpListener started;

    @BeforeAll
    static void certificates() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create("ca", InstantSource.system());
        Credential server = authority.issueServer("server", List.of("127.0.0.1"));
        serverTls = ServerTls.from(server.privateKey(), List.of(server.certificate()), List.of());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.credential().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        clientTls = SSLContext.getInstance("TLS");
        clientTls.init(null, trust.getTrustManagers(), null);
    }

    @AfterEach
    void stop() {
        released.countDown();
        if (started != null) {
            started.close();
        }
    }

    /** Times that no test waits for; each test shortens the one that it is about. */
    private static final class Times {
        private long tls = PATIENCE_MILLIS;
        private long head = PATIENCE_MILLIS;
        private long body = PATIENCE_MILLIS;
        private long silence = PATIENCE_MILLIS;
        private long take = PATIENCE_MILLIS;
    }

    private static HttpListener.Limits limits(Times times) {
        return new HttpListener.Limits(4, 2, 32 << 10, 64 << 10, 96 << 10, 8, 50, 64 << 10, times.tls, times.head,
                times.body, PATIENCE_MILLIS, times.silence, times.silence, SOON_MILLIS, times.take, "{}");
    }

    private HttpListener start(Times times) throws IOException {
        HttpListener listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                serverTls, limits(times), this::answer, InstantSource.system());
        started = listener;
        return listener;
    }

    private void answer(HttpCall call) {
        switch (call.path()) {
            case "/held" -> {
                try {
                    released.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                call.respond(200, new byte[0]);
            }
            case "/large" -> call.respond(200, new byte[32 << 20]);
            default -> call.respond(200, "fine".getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static Socket silent(HttpListener listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static RawConnection connect(HttpListener listener, String... protocols) throws IOException {
        RawConnection connection = new RawConnection(URI.create("https://127.0.0.1:" + listener.port()), clientTls,
                protocols);
        // The client's end of the handshake is not the server's.
        await("the handshake", () -> listener.handshakeCount() == 0);
        return connection;
    }

    private static void assertEnded(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closed all the same.
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void assertServes(HttpListener listener) throws IOException {
        try (RawConnection decent = connect(listener)) {
            decent.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(decent.head().status()).isEqualTo(200);
            assertThat(decent.rest()).isEqualTo("fine");
        }
    }

    private static void assertCounted(HttpListener listener, Refusals.Reason reason, long count) {
        // The client may see the end before the server has counted it.
        await(reason.label(), () -> listener.refusals().count(reason) >= count);
        for (Refusals.Reason each : Refusals.Reason.values()) {
            assertThat(listener.refusals().count(each)).as(each.label()).isEqualTo(each == reason ? count : 0);
        }
    }

    // ---- TLS ----------------------------------------------------------------------------------------------------

    @Test
    void whoDoesNotFinishTheHandshakeIsClosed() throws Exception {
        Times times = new Times();
        times.tls = SOON_MILLIS;
        HttpListener listener = start(times);
        try (Socket nothing = silent(listener); Socket half = silent(listener)) {
            half.getOutputStream().write(new byte[]{22, 3, 1, 2, 0, 1});
            assertEnded(nothing);
            assertEnded(half);
        }
        await("no handshake", () -> listener.handshakeCount() == 0);
        assertCounted(listener, Refusals.Reason.TLS_TIMEOUT, 2);
        assertServes(listener);
    }

    @Test
    void whoDoesNotSpeakTlsIsClosed() throws Exception {
        HttpListener listener = start(new Times());
        try (Socket plain = silent(listener)) {
            plain.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEnded(plain);
        }
        assertCounted(listener, Refusals.Reason.TLS_FAILED, 1);
        assertServes(listener);
    }

    @Test
    void handshakesAreCounted() throws Exception {
        HttpListener listener = start(new Times());
        try (Socket first = silent(listener); Socket second = silent(listener)) {
            await("two handshakes", () -> listener.handshakeCount() == 2);
            try (Socket third = silent(listener)) {
                assertEnded(third);
            }
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            assertCounted(listener, Refusals.Reason.HANDSHAKES, 1);
        }
        await("their ends", () -> listener.handshakeCount() == 0);
        assertServes(listener);
    }

    @Test
    void connectionsAreCounted() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection first = connect(listener);
                RawConnection second = connect(listener);
                RawConnection third = connect(listener);
                RawConnection fourth = connect(listener)) {
            try (Socket fifth = silent(listener)) {
                assertEnded(fifth);
            }
            for (RawConnection open : List.of(first, second, third, fourth)) {
                open.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(open.head().status()).isEqualTo(200);
            }
            assertCounted(listener, Refusals.Reason.CONNECTIONS, 1);
        }
        await("their ends", () -> listener.connectionCount() == 0);
        assertServes(listener);
    }

    // ---- HTTP/1.1 -----------------------------------------------------------------------------------------------

    @Test
    void headsEndInTimeHoweverOftenAByteComes() throws Exception {
        Times times = new Times();
        times.head = SOON_MILLIS;
        HttpListener listener = start(times);
        try (RawConnection slow = connect(listener)) {
            slow.send("GET / HTTP/1.1\r\nX: ");
            await("the end", () -> {
                try {
                    slow.send("x");
                    return listener.refusals().count(Refusals.Reason.HEAD_TIMEOUT) == 1;
                } catch (IOException closed) {
                    return true;
                }
            });
        }
        assertCounted(listener, Refusals.Reason.HEAD_TIMEOUT, 1);
        assertServes(listener);
    }

    @Test
    void bodiesEndInTime() throws Exception {
        Times times = new Times();
        times.body = SOON_MILLIS;
        HttpListener listener = start(times);
        try (RawConnection slow = connect(listener)) {
            slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
            assertThat(slow.head().status()).isEqualTo(408);
            slow.rest();
        }
        await("its memory", () -> listener.unfinishedBodyBytes() == 0);
        assertCounted(listener, Refusals.Reason.BODY_TIMEOUT, 1);
        assertServes(listener);
    }

    @Test
    void largeHeads() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection large = connect(listener)) {
            large.send("GET / HTTP/1.1\r\nX: " + "x".repeat(40 << 10) + "\r\n\r\n");
            assertThat(large.head().status()).isEqualTo(431);
        }
        assertCounted(listener, Refusals.Reason.HEAD_TOO_LARGE, 1);
        assertServes(listener);
    }

    @Test
    void malformedHeads() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection wrong = connect(listener)) {
            wrong.send("NONSENSE\r\n\r\n");
            assertThat(wrong.head().status()).isEqualTo(400);
        }
        try (RawConnection wrong = connect(listener)) {
            wrong.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n");
            assertThat(wrong.head().status()).isEqualTo(400);
        }
        assertCounted(listener, Refusals.Reason.HEAD_MALFORMED, 2);
        assertServes(listener);
    }

    @Test
    void bodiesTakeMemoryAsTheyComeAndOnlySoMuchTogether() throws Exception {
        HttpListener listener = start(new Times());
        String head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n";
        try (RawConnection first = connect(listener); RawConnection second = connect(listener)) {
            first.send(head);
            second.send(head);
            assertThat(first.head().status()).isEqualTo(100);
            assertThat(second.head().status()).isEqualTo(100);
            assertThat(listener.unfinishedBodyBytes()).as("announced is not taken").isZero();
            first.send("x".repeat(50_000));
            await("the first", () -> listener.unfinishedBodyBytes() >= 50_000);
            second.send("x".repeat(50_000));
            RawConnection.Head refused = second.head();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("content-type")).isEqualTo("application/json");
            first.send("x".repeat(10_000));
            assertThat(first.head().status()).isEqualTo(200);
        }
        await("its memory", () -> listener.unfinishedBodyBytes() == 0);
        assertCounted(listener, Refusals.Reason.BODIES, 1);
        assertServes(listener);
    }

    @Test
    void whoLeavesInTheMiddleGivesItsMemoryBack() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection leaving = connect(listener)) {
            leaving.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(50_000));
            await("its body", () -> listener.unfinishedBodyBytes() >= 50_000);
        }
        await("its memory", () -> listener.unfinishedBodyBytes() == 0);
        assertServes(listener);
    }

    @Test
    void whoDoesNotReadItsAnswerIsClosed() throws Exception {
        Times times = new Times();
        times.take = SOON_MILLIS;
        HttpListener listener = start(times);
        try (RawConnection deaf = connect(listener)) {
            deaf.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
            await("its end", () -> listener.refusals().count(Refusals.Reason.NOT_TAKEN) == 1);
            await("its connection", () -> listener.connectionCount() == 0);
        }
        assertCounted(listener, Refusals.Reason.NOT_TAKEN, 1);
        assertServes(listener);
    }

    // ---- HTTP/2 -------------------------------------------------------------------------------------------------

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >>> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload)
                .array();
    }

    private static byte[] get(int stream) {
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, GET);
    }

    private static byte[] held(int stream) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(new byte[]{(byte) 0x82, (byte) 0x87, 0x04, 5});
        head.writeBytes("/held".getBytes(StandardCharsets.US_ASCII));
        head.writeBytes(new byte[]{0x01, 1, 'h'});
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, head.toByteArray());
    }

    private static RawConnection connect2(HttpListener listener, byte... settings) throws IOException {
        RawConnection connection = connect(listener, "h2");
        connection.send(PREFACE);
        connection.send(frame(SETTINGS, 0, 0, settings));
        return connection;
    }

    private record Frame(int type, int flags, int stream, byte[] payload) {
        int code() {
            return ByteBuffer.wrap(payload).getInt(type == GO_AWAY ? 4 : 0);
        }
    }

    /** The next frame of a type; what is between is skipped. */
    private static Frame next(RawConnection connection, int type) throws IOException {
        while (true) {
            int length = connection.in().readUnsignedByte() << 16 | connection.in().readUnsignedShort();
            int found = connection.in().readUnsignedByte();
            int flags = connection.in().readUnsignedByte();
            int stream = connection.in().readInt();
            byte[] payload = connection.in().readNBytes(length);
            if (found == type) {
                return new Frame(found, flags, stream, payload);
            }
        }
    }

    private static void assertServes2(RawConnection connection, int stream) throws IOException {
        connection.send(get(stream));
        assertThat(new String(next(connection, DATA).payload, StandardCharsets.US_ASCII)).isEqualTo("fine");
    }

    private static void assertEnded(RawConnection connection) throws IOException {
        try {
            while (true) {
                next(connection, -1);
            }
        } catch (EOFException | SocketException closed) {
            // As it should be.
        }
    }

    @Test
    void framesThatMakeNoSense() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection wrong = connect2(listener)) {
            wrong.send(get(0));
            assertThat(next(wrong, GO_AWAY).code()).isNotZero();
            assertEnded(wrong);
        }
        try (RawConnection wrong = connect2(listener)) {
            wrong.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff,
                    (byte) 0xff, (byte) 0xff));
            assertThat(next(wrong, GO_AWAY).code()).isNotZero();
            assertEnded(wrong);
        }
        try (RawConnection wrong = connect2(listener)) {
            // Says that it is longer than any frame may be.
            wrong.send(new byte[]{(byte) 0xff, (byte) 0xff, (byte) 0xff, DATA, 0, 0, 0, 0, 1});
            assertThat(next(wrong, GO_AWAY).code()).isNotZero();
            assertEnded(wrong);
        }
        assertCounted(listener, Refusals.Reason.PROTOCOL, 3);
        assertServes(listener);
    }

    /** Who sends these frames is told to calm down, is cut off and counted; others are served. */
    private void assertEndsAsAFlood(byte[] frames) throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection flood = connect2(listener)) {
            flood.send(frames);
            assertThat(next(flood, GO_AWAY).code()).isEqualTo(ENHANCE_YOUR_CALM);
            assertEnded(flood);
        }
        assertCounted(listener, Refusals.Reason.PROTOCOL, 1);
        assertServes(listener);
    }

    @Test
    void streamsThatAreResetAsSoonAsTheyAreOpened() throws Exception {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < 60; i++) {
            frames.writeBytes(get(2 * i + 1));
            frames.writeBytes(frame(RESET, 0, 2 * i + 1, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
        }
        assertEndsAsAFlood(frames.toByteArray());
    }

    @Test
    void onlySoManyStreamsOfAConnection() throws Exception {
        HttpListener listener = start(new Times());
        try (RawConnection many = connect2(listener)) {
            for (int i = 0; i <= 8; i++) {
                many.send(held(2 * i + 1));
            }
            Frame reset = next(many, RESET);
            assertThat(reset.stream).isEqualTo(17);
            assertThat(reset.code()).isEqualTo(REFUSED_STREAM);
            released.countDown();
            for (int i = 0; i < 8; i++) {
                assertThat(next(many, HEADERS).stream).isBetween(1, 15);
            }
            assertServes2(many, 19);
        }
        assertServes(listener);
    }

    @Test
    void headersThatGoOnAndOn() throws Exception {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes(frame(HEADERS, 0, 1, GET));
        for (int i = 0; i < 40; i++) {
            frames.writeBytes(frame(CONTINUATION, 0, 1, (byte) 0x40));
        }
        assertEndsAsAFlood(frames.toByteArray());
    }

    @Test
    void framesOfNothing() throws Exception {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes(frame(HEADERS, END_HEADERS, 1, POST));
        for (int i = 0; i < 40; i++) {
            frames.writeBytes(frame(DATA, 0, 1));
        }
        assertEndsAsAFlood(frames.toByteArray());
    }

    @Test
    void whoDoesNotAnswerThePingIsClosed() throws Exception {
        Times times = new Times();
        times.silence = SOON_MILLIS;
        HttpListener listener = start(times);
        try (RawConnection silent = connect2(listener)) {
            // A head without its end: a decent client could not even answer.
            silent.send(frame(HEADERS, 0, 1, GET));
            assertEnded(silent);
        }
        assertCounted(listener, Refusals.Reason.SILENCE, 1);
        assertServes(listener);
    }

    @Test
    void aBodyWithoutEndEndsItsStreamAlone() throws Exception {
        Times times = new Times();
        times.body = SOON_MILLIS;
        HttpListener listener = start(times);
        try (RawConnection slow = connect2(listener)) {
            slow.send(frame(HEADERS, END_HEADERS, 1, POST));
            slow.send(frame(DATA, 0, 1, new byte[100]));
            assertThat(next(slow, HEADERS).stream).isEqualTo(1);
            await("its memory", () -> listener.unfinishedBodyBytes() == 0);
            assertThat(new String(next(slow, DATA).payload, StandardCharsets.US_ASCII)).startsWith("408");
            assertServes2(slow, 3);
        }
        assertCounted(listener, Refusals.Reason.BODY_TIMEOUT, 1);
        assertServes(listener);
    }

    @Test
    void aStreamWithoutRoomForItsAnswerIsReset() throws Exception {
        Times times = new Times();
        times.take = SOON_MILLIS;
        HttpListener listener = start(times);
        // SETTINGS_INITIAL_WINDOW_SIZE is 0.
        try (RawConnection deaf = connect2(listener, (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0)) {
            deaf.send(get(1));
            assertThat(next(deaf, RESET).stream).isEqualTo(1);
            // And the connection goes on.
            deaf.send(frame(SETTINGS, 0, 0, (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0x7f, (byte) 0xff));
            assertServes2(deaf, 3);
        }
        assertCounted(listener, Refusals.Reason.NOT_TAKEN, 1);
        assertServes(listener);
    }
}
