package io.myriad.store;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.server.ClientLimits;
import io.myriad.store.server.GrpcEndpoint;
import io.myriad.store.server.StoreMetrics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that hold on to connections without end, break the protocol, or ask for more than is good: each is ended by a
 * limit that has a name, and a decent client is served all the while.
 */
class BadClientsTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SOON_MILLIS = 200;
    /** What gRPC makes of any shorter time. */
    private static final int SHORTEST_PING_MILLIS = 10_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int END_HEADERS = 4;
    private static final int REFUSED_STREAM = 7;

    @TempDir
    static Path directory;
    private static TestStore store;

    private @Nullable GrpcEndpoint started;
    private @Nullable StoreMetrics metrics;

    @BeforeAll
    static void open() {
        store = TestStore.start(directory);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
    }

    /** Serves the store once more, with these limits; a port for both protocols and one for pages. */
    private GrpcEndpoint start(ClientLimits limits) throws IOException {
        metrics = new StoreMetrics();
        List<GrpcEndpoint.Listen> here = List.of(new GrpcEndpoint.Listen(new InetSocketAddress("127.0.0.1", 0), null));
        GrpcEndpoint endpoint = new GrpcEndpoint(store.member(), metrics, here, here, 1, limits,
                new BcryptPasswords(4));
        started = endpoint;
        return endpoint;
    }

    private static ClientLimits limits(int connections, long greeting) {
        return new ClientLimits(connections, 8, 50, greeting, PATIENCE_MILLIS, 5000, PATIENCE_MILLIS,
                PATIENCE_MILLIS);
    }

    private static ClientLimits patient() {
        return limits(100, PATIENCE_MILLIS);
    }

    private static int port(GrpcEndpoint endpoint) {
        return endpoint.ports().getFirst();
    }

    private static Socket connect(int port, String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void assertEnded(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closed all the same.
        }
    }

    private long refused(String reason) {
        assertThat(metrics).isNotNull();
        String line = "myriad_store_refused_connections_total{reason=\"" + reason + "\"} ";
        return metrics.registry().text().lines().filter(each -> each.startsWith(line))
                .mapToLong(each -> (long) Double.parseDouble(each.substring(line.length()))).sum();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void assertServes(GrpcEndpoint endpoint) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port(endpoint)).usePlaintext().build();
        try {
            assertThat(KVGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build()).getCount()).isZero();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void whoSaysNothingIsClosed() throws Exception {
        GrpcEndpoint endpoint = start(limits(100, SOON_MILLIS));
        for (int port : List.of(port(endpoint), endpoint.metricsPorts().getFirst())) {
            try (Socket silent = connect(port, "")) {
                assertEnded(silent);
            }
        }
        try (Socket half = connect(port(endpoint), PREFACE.substring(0, 5))) {
            assertEnded(half);
        }
        assertThat(refused("timeout")).isEqualTo(3);
        assertServes(endpoint);
    }

    @Test
    void requestsForPagesEndInTimeHoweverOftenAByteComes() throws Exception {
        GrpcEndpoint endpoint = start(limits(100, SOON_MILLIS));
        for (int port : List.of(port(endpoint), endpoint.metricsPorts().getFirst())) {
            long before = refused("timeout");
            try (Socket slow = connect(port, "GET /health HTTP/1.1\r\nX: ")) {
                await("the end", () -> {
                    try {
                        slow.getOutputStream().write('x');
                        return refused("timeout") > before;
                    } catch (IOException closed) {
                        return true;
                    }
                });
            }
            assertThat(refused("timeout")).isEqualTo(before + 1);
        }
        assertServes(endpoint);
    }

    @Test
    void pagesAreServedOneAfterTheOther() throws Exception {
        GrpcEndpoint endpoint = start(patient());
        try (Socket decent = connect(port(endpoint), "GET /version HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\n"
                + "Connection: close\r\n\r\n")) {
            assertThat(new String(decent.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 OK").contains("etcdserver", "HTTP/1.1 404 Not Found");
        }
    }

    @Test
    void headsOfPagesAreBounded() throws Exception {
        GrpcEndpoint endpoint = start(patient());
        try (Socket large = connect(port(endpoint), "GET /health HTTP/1.1\r\n")) {
            try {
                for (int i = 0; i < 100; i++) {
                    large.getOutputStream()
                            .write(("X: " + "x".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
            } catch (SocketException closed) {
                // It need not read all of it.
            }
            assertEnded(large);
        }
        assertThat(refused("malformed")).isEqualTo(1);
        assertServes(endpoint);
    }

    @Test
    void connectionsAreCounted() throws Exception {
        GrpcEndpoint endpoint = start(limits(3, PATIENCE_MILLIS));
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(connect(port(endpoint), "GET /version HTTP/1.1\r\n\r\n"));
                assertThat(open.getLast().getInputStream().read()).isEqualTo('H');
            }
            for (int port : List.of(port(endpoint), endpoint.metricsPorts().getFirst())) {
                try (Socket fourth = connect(port, "")) {
                    assertEnded(fourth);
                }
            }
            assertThat(refused("connections")).isEqualTo(2);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        await("their ends", () -> metrics.registry().text().lines().anyMatch("myriad_store_connections 0"::equals));
        assertServes(endpoint);
    }

    // ---- gRPC ---------------------------------------------------------------------------------------------------

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >>> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload)
                .array();
    }

    /** Begins a call of Watch, which has no end. */
    private static byte[] call(int stream) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        // POST, http, and the literals for path, authority, content-type and te.
        head.writeBytes(new byte[]{(byte) 0x83, (byte) 0x86});
        literal(head, 4, "/etcdserverpb.Watch/Watch");
        literal(head, 1, "h");
        // Content-type is 31, which takes the four bits of the prefix and a byte more.
        head.writeBytes(new byte[]{0x0f, 16});
        text(head, "application/grpc");
        head.write(0);
        text(head, "te");
        text(head, "trailers");
        return frame(HEADERS, END_HEADERS, stream, head.toByteArray());
    }

    private static void literal(ByteArrayOutputStream head, int name, String value) {
        head.write(name);
        text(head, value);
    }

    private static void text(ByteArrayOutputStream head, String text) {
        head.write(text.length());
        head.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Socket connect2(GrpcEndpoint endpoint) throws IOException {
        Socket socket = connect(port(endpoint), PREFACE);
        socket.getOutputStream().write(frame(SETTINGS, 0, 0));
        return socket;
    }

    private record Frame(int stream, byte[] payload) {}

    private static Frame next(DataInputStream in, int type) throws IOException {
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int found = in.readUnsignedByte();
            in.readByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (found == type) {
                return new Frame(stream, payload);
            }
        }
    }

    private static DataInputStream in(Socket socket) throws IOException {
        return new DataInputStream(socket.getInputStream());
    }

    private static void assertEnded(DataInputStream in) throws IOException {
        try {
            while (true) {
                next(in, -1);
            }
        } catch (EOFException | SocketException closed) {
            // As it should be.
        }
    }

    @Test
    void framesThatMakeNoSense() throws Exception {
        GrpcEndpoint endpoint = start(patient());
        try (Socket wrong = connect2(endpoint)) {
            wrong.getOutputStream().write(call(0));
            DataInputStream in = in(wrong);
            assertThat(ByteBuffer.wrap(next(in, GO_AWAY).payload).getInt(4)).isNotZero();
            assertEnded(in);
        }
        assertServes(endpoint);
    }

    @Test
    void callsThatAreResetAsSoonAsTheyAreMade() throws Exception {
        GrpcEndpoint endpoint = start(patient());
        try (Socket flood = connect2(endpoint)) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = 0; i < 60; i++) {
                frames.writeBytes(call(2 * i + 1));
                frames.writeBytes(frame(RESET, 0, 2 * i + 1, (byte) 0, (byte) 0, (byte) 0, (byte) 8));
            }
            flood.getOutputStream().write(frames.toByteArray());
            DataInputStream in = in(flood);
            next(in, GO_AWAY);
            assertEnded(in);
        }
        assertServes(endpoint);
    }

    @Test
    void onlySoManyCallsOfAConnection() throws Exception {
        GrpcEndpoint endpoint = start(patient());
        try (Socket many = connect2(endpoint)) {
            for (int i = 0; i <= 8; i++) {
                many.getOutputStream().write(call(2 * i + 1));
            }
            Frame reset = next(in(many), RESET);
            assertThat(reset.stream).isEqualTo(17);
            assertThat(ByteBuffer.wrap(reset.payload).getInt()).isEqualTo(REFUSED_STREAM);
        }
        assertServes(endpoint);
    }

    @Test
    void whoDoesNotAnswerThePingIsClosed() throws Exception {
        GrpcEndpoint endpoint = start(
                new ClientLimits(100, 8, 50, PATIENCE_MILLIS, PATIENCE_MILLIS, 5000, SHORTEST_PING_MILLIS,
                        SOON_MILLIS));
        try (Socket silent = connect2(endpoint)) {
            silent.getOutputStream().write(call(1));
            DataInputStream in = in(silent);
            next(in, PING);
            assertEnded(in);
        }
        assertThat(refused("silence")).isEqualTo(1);
        assertServes(endpoint);
    }
}
