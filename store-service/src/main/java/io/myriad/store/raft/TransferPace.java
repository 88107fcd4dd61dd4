package io.myriad.store.raft;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds up who sends parts of a snapshot so that all together send no more than so many bytes a second. A pause follows each part, so the first one never waits; JRaft's own throttle lets the receiver
 * ask again a second later. Any thread.
 */
final class TransferPace {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private final AtomicLong freeNanos = new AtomicLong(System.nanoTime());

    /** @param bytesPerSecond 0: as fast as it goes */
    TransferPace(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Waits for the turn of a part that has so many bytes at most. */
    void await(long bytes) {
        if (bytesPerSecond == 0) {
            return;
        }
        long turn = take(bytes, System.nanoTime());
        for (long wait; (wait = turn - System.nanoTime()) > 0;) {
            LockSupport.parkNanos(this, wait);
        }
    }

    /** Returns when a part may go that comes now. */
    long take(long bytes, long nowNanos) {
        long nanos = (long) ((double) bytes / bytesPerSecond * SECOND_NANOS);
        return freeNanos.updateAndGet(free -> Math.max(free - nowNanos, 0) + nowNanos + nanos) - nanos;
    }
}
