package io.myriad.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.mvcc.KeyValue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that write all the time and remember what was acknowledged. Each has a key of its own and writes increasing numbers: after any crash the key must hold at least the last
 * number that was acknowledged, at a revision not smaller than the acknowledged one. Each also leaves every tenth number under a key of its own.
 */
final class AcknowledgedWrites implements AutoCloseable {

    private final List<Thread> writers = new ArrayList<>();
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Long> revisions = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private volatile boolean stopped;

    /** @param channels the channel to use next; a writer asks for another one after each failure */
    AcknowledgedWrites(int clients, Supplier<Channel> channels) {
        for (int i = 0; i < clients; i++) {
            String key = "writer/" + i;
            writers.add(Thread.ofVirtual().start(() -> write(key, channels)));
        }
    }

    private void write(String key, Supplier<Channel> channels) {
        Channel channel = channels.get();
        for (long number = 1; !stopped; number++) {
            try {
                put(channel, key, number);
                if (number % 10 == 0) {
                    put(channel, key + "/" + number, number);
                }
            } catch (StatusRuntimeException e) {
                // Unknown: it may or may not have been written. Go on, perhaps elsewhere.
                channel = channels.get();
            }
        }
    }

    private void put(Channel channel, String key, long number) {
        // Waits for a member that is away: trying again and again would take the processor that it needs to come back.
        long revision = KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(8, TimeUnit.SECONDS)
                .put(Requests.put(key, Long.toString(number))).getHeader()
                .getRevision();
        acknowledged.put(key, number);
        revisions.merge(key, revision, Math::max);
        count.incrementAndGet();
    }

    long count() {
        return count.get();
    }

    /** Waits until so many more writes were acknowledged. */
    void awaitMore(long more) throws InterruptedException {
        long target = count.get() + more;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (count.get() < target) {
            assertThat(System.nanoTime()).as("%d writes acknowledged, waiting for %d", count.get(), target)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** Every acknowledged write is there. */
    void verify(Channel channel) {
        Map<String, Long> expected = Map.copyOf(acknowledged);
        Map<String, Long> atLeast = Map.copyOf(revisions);
        RangeResponse all = KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).withWaitForReady()
                .range(Requests.range("writer/", "writer0").build());
        Map<String, KeyValue> found = new ConcurrentHashMap<>();
        all.getKvsList().forEach(each -> found.put(each.getKey().toStringUtf8(), each));
        expected.forEach((key, number) -> {
            KeyValue there = found.get(key);
            assertThat(there).as("acknowledged key %s", key).isNotNull();
            if (there != null) {
                assertThat(Long.parseLong(there.getValue().toStringUtf8())).as("last number acknowledged for %s", key)
                        .isGreaterThanOrEqualTo(number);
                assertThat(there.getModRevision()).isGreaterThanOrEqualTo(atLeast.getOrDefault(key, 0L));
            }
        });
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
