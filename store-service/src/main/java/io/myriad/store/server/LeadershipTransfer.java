package io.myriad.store.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;

/** Hands leadership to another member and waits until that member leads. */
final class LeadershipTransfer {

    private static final long POLL_MILLIS = 20;

    private final ReplicatedLog log;
    private final long timeoutNanos;
    private final LongSupplier nanoTime;

    LeadershipTransfer(ReplicatedLog log, long timeoutNanos, LongSupplier nanoTime) {
        this.log = log;
        this.timeoutNanos = timeoutNanos;
        this.nanoTime = nanoTime;
    }

    /** Begins; the callback gets null when the target leads, or an error. Only the leader can do this. Any thread. */
    void begin(long target, Consumer<@Nullable StoreError> callback) {
        if (!log.leadership().local()) {
            callback.accept(StoreError.NOT_LEADER);
        } else if (!log.transferLeadership(target)) {
            callback.accept(StoreError.BAD_LEADER_TRANSFEREE);
        } else {
            await(target, nanoTime.getAsLong() + timeoutNanos, callback);
        }
    }

    private void await(long target, long deadlineNanos, Consumer<@Nullable StoreError> callback) {
        if (log.leadership().leaderId() == target) {
            callback.accept(null);
        } else if (nanoTime.getAsLong() - deadlineNanos > 0) {
            callback.accept(StoreError.TIMEOUT_LEADER_TRANSFER);
        } else {
            Executor later = CompletableFuture.delayedExecutor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            later.execute(() -> await(target, deadlineNanos, callback));
        }
    }
}
