package io.myriad.control.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.control.FakeClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class WorkQueueTest {
    private final FakeClock clock = new FakeClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final WorkQueue<String> queue = queue(WorkQueue.KEYS_MAX_DEFAULT);

    private WorkQueue<String> queue(int keysMax) {
        return new WorkQueue<>("test", keysMax, WorkQueue.Retry.DEFAULT, clock, new Random(1),
                new QueueMetrics("test" + keysMax, registry));
    }

    @Test
    void holdsEachKeyOnce() {
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assertThat(queue.depth()).isEqualTo(2);
        assertThat(queue.poll()).isEqualTo("a");
        assertThat(queue.poll()).isEqualTo("b");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void aKeyAddedWhileWorkedOnWaitsUntilThatIsDone() {
        queue.add("a");
        assertThat(queue.poll()).isEqualTo("a");
        queue.add("a");
        queue.add("a");
        assertThat(queue.poll()).isNull();
        queue.done("a");
        assertThat(queue.poll()).isEqualTo("a");
        queue.done("a");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void doneWithoutTakeIsADefect() {
        queue.add("a");
        assertThatThrownBy(() -> queue.done("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void laterMeansLater() {
        queue.addAfter("a", 1000);
        queue.addAfter("b", 500);
        assertThat(queue.poll()).isNull();
        clock.advanceMillis(500);
        assertThat(queue.poll()).isEqualTo("b");
        assertThat(queue.poll()).isNull();
        clock.advanceMillis(500);
        assertThat(queue.poll()).isEqualTo("a");
    }

    @Test
    void theEarlierOfTwoTimesHolds() {
        queue.addAfter("a", 1000);
        queue.addAfter("a", 200);
        queue.addAfter("a", 700);
        clock.advanceMillis(200);
        assertThat(queue.poll()).isEqualTo("a");
        queue.done("a");
        clock.advanceMillis(5000);
        assertThat(queue.poll()).isNull();
        assertThat(queue.delayedCount()).isZero();
    }

    @Test
    void retriesDoubleUntilForgotten() {
        long last = 0;
        for (int i = 0; i < 8; i++) {
            queue.retry("a");
            long waited = 0;
            while (queue.poll() == null) {
                clock.advanceMillis(1);
                waited++;
            }
            queue.done("a");
            assertThat(waited).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(5L << i);
            last = waited;
        }
        assertThat(queue.retries("a")).isEqualTo(8);
        queue.forget("a");
        assertThat(queue.retries("a")).isZero();
        queue.retry("a");
        clock.advanceMillis(5);
        assertThat(queue.poll()).isEqualTo("a");
    }

    @Test
    void retriesNeverWaitLongerThanTheLimit() {
        for (int i = 0; i < 100; i++) {
            queue.retry("a");
            clock.advanceMillis(300_000);
            assertThat(queue.poll()).isEqualTo("a");
            queue.done("a");
        }
    }

    @Test
    void aFullQueueHoldsUpNewKeysOnly() throws Exception {
        WorkQueue<String> small = queue(2);
        small.add("a");
        small.add("b");
        small.add("a");
        CountDownLatch trying = new CountDownLatch(1);
        Thread adder = Thread.ofVirtual().start(() -> {
            trying.countDown();
            small.add("c");
        });
        trying.await();
        assertThat(adder.join(java.time.Duration.ofMillis(50))).as("waits for room").isFalse();
        small.retry("b");
        assertThat(small.poll()).isEqualTo("a");
        small.done("a");
        adder.join();
        assertThat(small.depth()).isEqualTo(2);
    }

    @Test
    void takersLearnOfTheEnd() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                ended.complete(queue.take() == null);
            } catch (InterruptedException e) {
                ended.completeExceptionally(e);
            }
        });
        queue.close();
        assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        queue.add("late");
        assertThat(queue.depth()).isZero();
    }

    @Test
    void workersReconcileEveryKeyAndNoneTwiceAtATime() throws Exception {
        WorkQueue<String> real = new WorkQueue<>("real", 1000, WorkQueue.Retry.DEFAULT, System::nanoTime, new Random(1),
                new QueueMetrics("real", registry));
        Set<String> running = new HashSet<>();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(500);
        Set<String> seen = new HashSet<>();
        Workers<String> workers = Workers.start(real, 8, key -> {
            synchronized (running) {
                if (!running.add(key)) {
                    overlaps.incrementAndGet();
                }
            }
            Thread.yield();
            synchronized (running) {
                running.remove(key);
                if (seen.add(key)) {
                    all.countDown();
                }
            }
            return runs.incrementAndGet() % 7 == 0 ? Reconciler.RETRY : Reconciler.DONE;
        });
        List<Thread> adders = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            adders.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 500; i++) {
                    real.add("key-" + i);
                }
            }));
        }
        for (Thread adder : adders) {
            adder.join();
        }
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
        workers.stop(1000).get(10, TimeUnit.SECONDS);
        assertThat(overlaps).hasValue(0);
    }

    @Test
    void failuresAreTriedAgain() throws Exception {
        WorkQueue<String> real = new WorkQueue<>("real", 10, new WorkQueue.Retry(1, 5), System::nanoTime, new Random(1),
                new QueueMetrics("failing", registry));
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        Workers<String> workers = Workers.start(real, 1, key -> {
            switch (attempts.incrementAndGet()) {
                case 1 -> throw new StatusException(Status.conflict("pods", "x", "it has changed"));
                case 2 -> throw new IllegalStateException("a defect");
                default -> done.countDown();
            }
            return Reconciler.DONE;
        });
        real.add("a");
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        workers.stop(1000).get(10, TimeUnit.SECONDS);
        assertThat(attempts).hasValue(3);
    }

    @Test
    void stoppingWaitsForWorkThatIsGoingOnAndInterruptsItAfterTheGrace() throws Exception {
        WorkQueue<String> real = new WorkQueue<>("real", 10, WorkQueue.Retry.DEFAULT, System::nanoTime, new Random(1),
                new QueueMetrics("stopping", registry));
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        Workers<String> workers = Workers.start(real, 1, key -> {
            started.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
            }
            return Reconciler.DONE;
        });
        real.add("a");
        started.await();
        workers.stop(20).get(10, TimeUnit.SECONDS);
        assertThat(interrupted).hasValue(1);
    }
}
