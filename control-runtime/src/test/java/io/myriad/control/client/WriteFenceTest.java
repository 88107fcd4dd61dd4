package io.myriad.control.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WriteFenceTest {
    private static final long LONG_MILLIS = 600_000;

    private boolean leads = true;
    private final WriteFence fence = new WriteFence(() -> leads);

    private CompletableFuture<String> write() {
        return fence.pass(CompletableFuture::new);
    }

    private static void refused(CompletableFuture<?> write) {
        assertThat(write).isCompletedExceptionally();
        assertThatThrownBy(() -> ApiClient.await(write)).isInstanceOfSatisfying(TransportException.class,
                refusal -> assertThat(refusal.mayHaveBeenSent()).isFalse());
    }

    @Test
    void isClosedAtFirst() {
        refused(write());
    }

    @Test
    void letsNothingPassWhileLeadershipIsInDoubt() {
        fence.open();
        leads = false;
        refused(write());
        leads = true;
        assertThat(write()).isNotDone();
    }

    @Test
    void isDrainedWhenTheLastWriteIsAnswered() {
        fence.open();
        CompletableFuture<String> one = write();
        CompletableFuture<String> two = write();
        CompletableFuture<Void> drained = fence.close(LONG_MILLIS);
        refused(write());
        one.complete("answer");
        assertThat(drained).isNotDone();
        two.completeExceptionally(new TransportException("connection refused", false, null));
        assertThat(drained).isCompleted();
    }

    @Test
    void isDrainedAtOnceWhenNothingIsUnderWay() {
        fence.open();
        write().complete("answer");
        assertThat(fence.close(LONG_MILLIS)).isCompleted();
    }

    @Test
    void saysWhenAWriteBrokeOffWithoutAnAnswer() {
        fence.open();
        CompletableFuture<String> write = write();
        CompletableFuture<Void> drained = fence.close(LONG_MILLIS);
        write.completeExceptionally(new TransportException("connection reset", true, null));
        assertThat(drained).isCompletedExceptionally();
    }

    @Test
    void givesUpWhatIsNotAnsweredInTheGrace() {
        fence.open();
        CompletableFuture<String> write = write();
        CompletableFuture<Void> drained = fence.close(1);
        assertThat(drained.handle((done, error) -> error)).succeedsWithin(1, TimeUnit.MINUTES)
                .isInstanceOf(TransportException.class);
        assertThat(write).isCancelled();
    }

    @Test
    void canBeOpenedAgain() {
        fence.open();
        fence.close(LONG_MILLIS);
        fence.open();
        CompletableFuture<String> write = write();
        assertThat(write).isNotDone();
        CompletableFuture<Void> drained = fence.close(LONG_MILLIS);
        write.complete("answer");
        assertThat(drained).isCompleted();
    }

    /** A request that the server told to come back later must not come back after leadership has ended. */
    @Test
    void isAskedBeforeEachRetry() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            leads = false;
            exchange.getResponseHeaders().add("Retry-After", "0");
            exchange.sendResponseHeaders(429, -1);
            exchange.close();
        });
        server.start();
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        ClientOptions options = new ClientOptions(List.of(address), Credentials.of(null, null, null, () -> null),
                "test", 1, 1, 10, 30_000, 5,
                60_000);
        try (ApiClient client = ApiClient.create(options, new SimpleMeterRegistry())) {
            fence.open();
            ApiRequest request = ApiRequest.of("POST", "/api/v1/namespaces").withBody(ApiRequest.JSON,
                    "{}".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> client.fenced(fence).send(request)).isInstanceOf(TransportException.class);
            assertThat(requests).hasValue(1);
        } finally {
            server.stop(0);
        }
    }
}
