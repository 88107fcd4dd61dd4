package io.myriad.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * Clients that write all the time and remember what was acknowledged. Each has a key of its own and writes increasing numbers: after any crash the key must hold the last number that was
 * acknowledged, at its revision, or something newer. What was never answered may have been written at any time since, also after what its client wrote next, but not more than once.
 * Each also leaves every tenth number under a key of its own.
 */
final class AcknowledgedWrites implements AutoCloseable {

    private final List<Thread> writers = new ArrayList<>();
    private final Map<String, Write> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Set<Long>> unanswered = new ConcurrentHashMap<>();
    private final Map<String, Long> attempts = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private volatile boolean stopped;

    private record Write(long number, long revision) {}

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
        attempts.merge(key, 1L, Long::sum);
        Set<Long> open = unanswered.computeIfAbsent(key, absent -> ConcurrentHashMap.newKeySet());
        open.add(number);
        // Waits for a member that is away: trying again and again would take the processor that it needs to come back.
        long revision = KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(4, TimeUnit.SECONDS)
                .put(Requests.put(key, Long.toString(number))).getHeader()
                .getRevision();
        acknowledged.put(key, new Write(number, revision));
        open.remove(number);
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
            if (System.nanoTime() - deadline >= 0) {
                StoreProcess.dumpThreads();
            }
            assertThat(System.nanoTime()).as("%d writes acknowledged, waiting for %d", count.get(), target)
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** Every acknowledged write is there, and none was made twice. Returns the revision of what it looked at. */
    long verify(Channel channel) {
        Map<String, Write> expected = Map.copyOf(acknowledged);
        RangeResponse all = KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS).withWaitForReady()
                .range(Requests.range("writer/", "writer0").build());
        Map<String, KeyValue> found = new ConcurrentHashMap<>();
        all.getKvsList().forEach(each -> found.put(each.getKey().toStringUtf8(), each));
        expected.forEach((key, write) -> {
            KeyValue there = found.get(key);
            assertThat(there).as("acknowledged key %s", key).isNotNull();
            if (there == null) {
                return;
            }
            long number = Long.parseLong(there.getValue().toStringUtf8());
            assertThat(there.getModRevision()).as("revision of %s", key).isGreaterThanOrEqualTo(write.revision());
            if (there.getModRevision() == write.revision()) {
                assertThat(number).as("number acknowledged for %s", key).isEqualTo(write.number());
            } else if (number <= write.number()) {
                assertThat(unanswered.get(key)).as("numbers of %s that may have been written late", key)
                        .contains(number);
            }
            assertThat(there.getVersion()).as("writes of %s", key).isLessThanOrEqualTo(attempts.get(key));
        });
        return all.getHeader().getRevision();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread writer : writers) {
            writer.join();
        }
    }
}
