package io.myriad.store.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;

/**
 * Waits until local state holds everything that was acknowledged before. Reads that arrive while one round with the quorum is under way share the next one: a read must
 * not use a round that began before it.
 */
final class LinearizableReads {

    private static final long RETRY_MILLIS = 50;
    private static final Logger LOG = LoggerFactory.getLogger(LinearizableReads.class);

    private final ReplicatedLog log;
    private final LongSupplier nanoTime;
    private final long timeoutNanos;
    private final Executor later;
    private List<Consumer<@Nullable StoreError>> next = new ArrayList<>();
    private boolean underWay;

    LinearizableReads(ReplicatedLog log, long timeoutNanos, LongSupplier nanoTime) {
        this(log, timeoutNanos, nanoTime,
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** @param later runs what it is given after a short while, on any thread: what failed is tried again there */
    LinearizableReads(ReplicatedLog log, long timeoutNanos, LongSupplier nanoTime, Executor later) {
        this.log = log;
        this.later = later;
        this.timeoutNanos = timeoutNanos;
        this.nanoTime = nanoTime;
    }

    /** Calls back, on any thread, when a local read is linearizable, or with an error. */
    void await(Consumer<@Nullable StoreError> callback) {
        if (log.readsAreLocal()) {
            callback.accept(null);
            return;
        }
        synchronized (this) {
            next.add(callback);
            if (underWay) {
                return;
            }
            underWay = true;
        }
        round();
    }

    private void round() {
        List<Consumer<@Nullable StoreError>> batch;
        synchronized (this) {
            if (next.isEmpty()) {
                underWay = false;
                return;
            }
            batch = next;
            next = new ArrayList<>();
        }
        attempt(batch, nanoTime.getAsLong() + timeoutNanos);
    }

    private void attempt(List<Consumer<@Nullable StoreError>> batch, long deadlineNanos) {
        log.readIndex(error -> {
            if (error != null && nanoTime.getAsLong() - deadlineNanos < 0) {
                later.execute(() -> attempt(batch, deadlineNanos));
                return;
            }
            for (Consumer<@Nullable StoreError> callback : batch) {
                try {
                    callback.accept(error);
                } catch (RuntimeException e) {
                    LOG.error("A read failed", e); // and must not take the others with it
                }
            }
            round();
        });
    }
}
