package io.myriad.apiserver.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.AuthorizerChain;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
final class RequestLimitsTest {
    private static final User USER = new User("somebody", "", List.of("system:authenticated"), Map.of());
    private static final RequestInfo WRITE = info("POST", "/api/v1/namespaces/default/pods");
    private static final RequestInfo READ = info("GET", "/api/v1/namespaces/default/pods");

    private static RequestInfo info(String method, String path) {
        return RequestInfo.of(method, path, QueryParameters.NONE);
    }

    private static Runnable admitted(RequestLimits limits, RequestInfo request) {
        Runnable release = limits.acquire(request, USER);
        assertThat(release).isNotNull();
        return release;
    }

    @Test
    void aRequestThatFindsNoRoomIsServedWhenAnotherOneEnds() {
        RequestLimits limits = new RequestLimits(1, 1, Duration.ofHours(1));
        Runnable first = admitted(limits, WRITE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Runnable> second = CompletableFuture.supplyAsync(() -> admitted(limits, WRITE), threads);
            while (limits.waiting() == 0) {
                Thread.onSpinWait();
            }
            assertThat(second).isNotDone();

            first.run();

            second.join().run();
        }
        admitted(limits, WRITE);
    }

    @Test
    void whoHasWaitedTooLongIsRefused() {
        RequestLimits limits = new RequestLimits(1, 1, Duration.ofMillis(1));
        Runnable first = admitted(limits, WRITE);

        assertThat(limits.acquire(WRITE, USER)).isNull();

        first.run();
        admitted(limits, WRITE);
    }

    @Test
    void nobodyWaitsWhereTooManyDo() {
        RequestLimits limits = new RequestLimits(1, 1, Duration.ofHours(1));
        Runnable first = admitted(limits, WRITE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                threads.execute(() -> admitted(limits, WRITE).run());
            }
            while (limits.waiting() < 10) {
                Thread.onSpinWait();
            }

            assertThat(limits.acquire(WRITE, USER)).isNull();

            first.run();
        }
    }

    @Test
    void readingAndHeartbeatsAndMastersDoNotWaitForWriting() {
        RequestLimits limits = new RequestLimits(1, 1, Duration.ofHours(1));
        User master = new User("admin", "", List.of(AuthorizerChain.MASTERS), Map.of());
        admitted(limits, WRITE);

        admitted(limits, READ);
        admitted(limits, info("PUT", "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-0"));
        assertThat(limits.acquire(WRITE, master)).isNotNull();
    }
}
