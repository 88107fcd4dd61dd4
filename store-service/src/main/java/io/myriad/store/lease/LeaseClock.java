package io.myriad.store.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * When leases run out, kept by the leader only. A hashed timing wheel: a lease lies in the slot of the tick at which it was last known to expire; renewal only moves the
 * deadline, and the slot's turn puts the lease into its new slot. So renewal is O(1) and a tick touches only what lies in its slot.
 *
 * <p>Time is an argument (nanoseconds of a monotonic clock). All methods lock this object; none blocks.
 */
public final class LeaseClock {

    static final long TICK_NANOS = 250_000_000L;
    private static final int SLOTS = 512;

    private final List<ArrayDeque<Timer>> slots = new ArrayList<>(SLOTS);
    private final Map<Long, Timer> timers = new HashMap<>();
    private boolean leading;
    private long nextTick;

    private static final class Timer {
        final long id;
        final long ttlNanos;
        long deadlineNanos;
        boolean cancelled;

        Timer(long id, long ttlNanos, long deadlineNanos) {
            this.id = id;
            this.ttlNanos = ttlNanos;
            this.deadlineNanos = deadlineNanos;
        }
    }

    public LeaseClock() {
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayDeque<>(0));
        }
    }

    /** This member became leader: every lease starts again with its whole time to live, since the old leader may have renewed it unseen. */
    public synchronized void lead(Iterable<LeaseTable.Lease> leases, long nowNanos) {
        clear();
        leading = true;
        nextTick = nowNanos / TICK_NANOS;
        for (LeaseTable.Lease lease : leases) {
            add(lease.id(), lease.ttlSeconds(), nowNanos);
        }
    }

    /** This member is not leader any more: nothing expires here. */
    public synchronized void follow() {
        clear();
        leading = false;
    }

    private void clear() {
        timers.clear();
        slots.forEach(ArrayDeque::clear);
    }

    /** A lease was granted. */
    public synchronized void granted(long id, long ttlSeconds, long nowNanos) {
        if (leading) {
            add(id, ttlSeconds, nowNanos);
        }
    }

    /** A lease is gone. */
    public synchronized void revoked(long id) {
        Timer timer = timers.remove(id);
        if (timer != null) {
            timer.cancelled = true;
        }
    }

    /** Starts a lease's time again; false if it is not known here or ran out. */
    public synchronized boolean renew(long id, long nowNanos) {
        Timer timer = timers.get(id);
        if (timer == null || timer.deadlineNanos - nowNanos <= 0) {
            return false;
        }
        timer.deadlineNanos = nowNanos + timer.ttlNanos;
        return true;
    }

    /** Seconds until a lease runs out, rounded down; null if it is not known here or ran out. */
    public synchronized @Nullable Long remainingSeconds(long id, long nowNanos) {
        Timer timer = timers.get(id);
        if (timer == null || timer.deadlineNanos - nowNanos < 0) {
            return null;
        }
        return (timer.deadlineNanos - nowNanos) / 1_000_000_000L;
    }

    /**
     * Leases that ran out, at most {@code limit}; the rest comes with the next call. A lease that is returned but not revoked is returned again after
     * {@code retryNanos}.
     */
    public synchronized List<Long> expired(long nowNanos, int limit, long retryNanos) {
        List<Long> expired = new ArrayList<>();
        long nowTick = nowNanos / TICK_NANOS;
        while (nextTick <= nowTick && expired.size() < limit) {
            ArrayDeque<Timer> slot = slots.get((int) Math.floorMod(nextTick, (long) SLOTS));
            for (int left = slot.size(); left > 0; left--) {
                Timer timer = slot.poll();
                if (timer == null || timer.cancelled) {
                    continue;
                }
                if (timer.deadlineNanos - nowNanos > 0) {
                    schedule(timer, timer.deadlineNanos, nowTick);
                } else if (expired.size() < limit) {
                    expired.add(timer.id);
                    schedule(timer, nowNanos + retryNanos, nowTick);
                } else {
                    slot.add(timer);
                }
            }
            if (expired.size() < limit) {
                nextTick++;
            }
        }
        return expired;
    }

    private void add(long id, long ttlSeconds, long nowNanos) {
        long ttlNanos = Math.multiplyExact(Math.min(ttlSeconds, Long.MAX_VALUE / 2_000_000_000L), 1_000_000_000L);
        Timer timer = new Timer(id, ttlNanos, nowNanos + ttlNanos);
        timers.put(id, timer);
        schedule(timer, timer.deadlineNanos, nextTick);
    }

    private void schedule(Timer timer, long atNanos, long nowTick) {
        long tick = Math.max(atNanos / TICK_NANOS + 1, nowTick + 1);
        long within = Math.min(tick, nowTick + SLOTS - 1);
        slots.get((int) Math.floorMod(within, (long) SLOTS)).add(timer);
    }
}
