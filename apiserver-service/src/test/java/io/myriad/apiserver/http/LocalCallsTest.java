package io.myriad.apiserver.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class LocalCallsTest {
    private static final int PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CompletableFuture<LocalCalls.Call> begun = new CompletableFuture<>();
    private final BlockingQueue<ResponseStream> streams = new LinkedBlockingQueue<>();
    private HttpListener listener;

    @BeforeEach
    void open() throws Exception {
        SslContext tls = SslContextBuilder.forClient().build(); // nobody connects
        listener = HttpListener.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls,
                HttpListener.Limits.standard(100), this::handle, InstantSource.system());
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private void handle(HttpCall call) {
        if (call.path().equals("/stream")) {
            ResponseStream stream = call.stream(200, -1);
            stream.flush();
            streams.add(stream);
        } else {
            call.responseHeaders().set("X-Query", call.query().text("q"));
            call.respond(201, (call.method() + " " + new String(call.body(), UTF_8) + " " + call.header("Accept"))
                    .getBytes(UTF_8));
        }
    }

    private final class Recorder implements LocalCalls.Receiver {
        private final long asked;

        Recorder(long asked) {
            this.asked = asked;
        }

        @Override
        public void head(LocalCalls.Call call, int status, Map<String, List<String>> headers) {
            told.add(status + " " + headers.getOrDefault("X-Query", List.of()));
            call.request(asked);
            begun.complete(call);
        }

        @Override
        public void piece(byte[] data) {
            told.add(new String(data, UTF_8));
        }

        @Override
        public void end() {
            told.add("end");
        }

        @Override
        public void broke(String why) {
            told.add("broke");
        }
    }

    private LocalCalls.Call send(String target, long asked) {
        return LocalCalls.send(listener.port(), "POST", target, Map.of("Accept", List.of("text/plain")),
                "body".getBytes(UTF_8), List.of(), new Recorder(asked));
    }

    private String next() throws InterruptedException {
        return told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void write(ResponseStream stream, String text) {
        stream.write(Unpooled.copiedBuffer(text, UTF_8));
    }

    @Test
    void aCallIsAnsweredAsOneThatCameOverAConnection() throws Exception {
        send("/x?q=1", 1);

        assertThat(List.of(next(), next(), next())).containsExactly("201 [1]", "POST body text/plain", "end");
    }

    @Test
    void piecesComeWhenTheyAreFlushedAndAskedFor() throws Exception {
        send("/stream", 1);
        ResponseStream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        write(stream, "a");
        write(stream, "b");
        stream.flush();
        stream.end();

        assertThat(List.of(next(), next())).containsExactly("200 []", "a");
        assertThat(told).isEmpty();
        begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS).request(1);
        assertThat(List.of(next(), next())).containsExactly("b", "end");
    }

    @Test
    void whatIsNotTakenMakesTheStreamUnwritableUntilItIs() throws Exception {
        send("/stream", 0);
        ResponseStream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        CompletableFuture<Void> writable = new CompletableFuture<>();
        stream.onWritable(() -> writable.complete(null));
        write(stream, "x".repeat(300_000));
        stream.flush();

        assertThat(stream.writable()).isFalse();
        begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS).request(1);
        writable.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(stream.writable()).isTrue();
    }

    @Test
    void theServerHearsThatTheClientHasGivenUp() throws Exception {
        send("/stream", 1);
        ResponseStream stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        stream.onClosed(() -> closed.complete(null));
        begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS).cancel();

        closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(stream.closed()).isTrue();
        write(stream, "late");
        stream.flush();
        stream.end();
        assertThat(told).containsExactly("200 []");
    }

    @Test
    void aListenerThatClosesBreaksItsAnswersAndTakesNoCalls() throws Exception {
        send("/stream", 1);
        assertThat(next()).isEqualTo("200 []");
        int port = listener.port();
        listener.close();

        assertThat(next()).isEqualTo("broke");
        assertThat(LocalCalls.served(port)).isFalse();
        assertThat(LocalCalls.send(port, "GET", "/x", Map.of(), new byte[0], List.of(), new Recorder(1))).isNull();
    }
}
