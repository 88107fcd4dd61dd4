package io.myriad.control.election;

import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import io.myriad.control.client.TransportException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class ElectionLoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final CompletableFuture<Integer> leading = new CompletableFuture<>();
    private final AtomicReference<LeaseRecord> lease = new AtomicReference<>();
    private volatile boolean reachable = true;

    private final LeaseStore store = new LeaseStore() {
        @Override
        public LeaseRecord get(long timeoutMillis) {
            check();
            return lease.get();
        }

        @Override
        public LeaseRecord create(LeaseRecord record, long timeoutMillis) {
            return update(record, timeoutMillis);
        }

        @Override
        public LeaseRecord update(LeaseRecord record, long timeoutMillis) {
            check();
            lease.set(record);
            return record;
        }

        private void check() {
            if (!reachable) {
                throw new TransportException("no server", false, null);
            }
        }
    };

    private ElectionLoop start() {
        Leadership workers = new Leadership() {
            @Override
            public void startLeading(int term) {
                leading.complete(term);
            }

            @Override
            public CompletableFuture<Void> stopLeading() {
                return CompletableFuture.completedFuture(null);
            }
        };
        return ElectionLoop.start("test", new LeaderElector(ElectionOptions.of("me"), store, workers,
                System::nanoTime, Clock.systemUTC(), new Random(1)), System::nanoTime);
    }

    @Test
    void aLeaderThatClosesReleasesTheLeaseWithoutAnybodyWatchingIt() {
        ElectionLoop loop = start();
        leading.join();
        assertTimeoutPreemptively(LIMIT, loop::close);
        assertThat(lease.get().holder()).isEmpty();
    }

    @Test
    void aLeaderThatLostItsServerClosesToo() {
        ElectionLoop loop = start();
        leading.join();
        reachable = false;
        assertTimeoutPreemptively(LIMIT, loop::close);
    }
}
