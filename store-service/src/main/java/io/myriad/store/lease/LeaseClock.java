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
 * <p>Of leases that have more than the checkpoint interval left it says, once an interval, what they have left, to be written into the log: another leader then need not give them
 * their whole time. A queue is enough, because all wait equally long. What it has said of a lease, or found in the table, it knows as a checkpoint until it is told that that was
 * taken back: a renewal of such a lease is one that another leader would not know of.
 *
 * <p>Time is an argument (nanoseconds of a monotonic clock). All methods lock this object; none blocks.
 */
public final class LeaseClock {

    static final long TICK_NANOS = 250_000_000L;
    private static final int SLOTS = 512;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long NO_CHECKPOINT = 0;

    private final long checkpointIntervalNanos;
    private final List<ArrayDeque<Timer>> slots = new ArrayList<>(SLOTS);
    private final Map<Long, Timer> timers = new HashMap<>();
    /** Those that a checkpoint is to be made of, in the order of when. */
    private final ArrayDeque<Timer> checkpoints = new ArrayDeque<>();
    private boolean leading;
    private long term;
    private long nextTick;
    /** No two have the same number, whoever led in between. */
    private long lastCheckpoint = NO_CHECKPOINT;

    private static final class Timer {
        final long id;
        final long ttlNanos;
        long deadlineNanos;
        boolean cancelled;
        /** The last checkpoint that was not taken back; {@link #NO_CHECKPOINT}: there is none. */
        long checkpoint = NO_CHECKPOINT;
        /** When the next one is due, if there is to be one. */
        long checkpointAtNanos;
        boolean awaitsCheckpoint;

        Timer(long id, long ttlNanos, long deadlineNanos) {
            this.id = id;
            this.ttlNanos = ttlNanos;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** A clock that makes no checkpoints. */
    public LeaseClock() {
        this(0);
    }

    /** @param checkpointIntervalNanos after how long it is to be written down what a lease has left; 0: never */
    public LeaseClock(long checkpointIntervalNanos) {
        this.checkpointIntervalNanos = checkpointIntervalNanos;
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayDeque<>(0));
        }
    }

    /**
     * This member became leader of a term: every lease has what was last written down of it, or starts again with its whole time to live, since the old leader may have renewed it
     * unseen.
     */
    public synchronized void lead(Iterable<LeaseTable.Lease> leases, long leadingTerm, long nowNanos) {
        clear();
        leading = true;
        term = leadingTerm;
        nextTick = nowNanos / TICK_NANOS;
        for (LeaseTable.Lease lease : leases) {
            add(lease.id(), lease.ttlSeconds(), lease.remainingSeconds(), nowNanos);
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
        checkpoints.clear();
    }

    /** A lease was granted. */
    public synchronized void granted(long id, long ttlSeconds, long nowNanos) {
        if (leading) {
            add(id, ttlSeconds, 0, nowNanos);
        }
    }

    /** A lease is gone. */
    public synchronized void revoked(long id) {
        Timer timer = timers.remove(id);
        if (timer != null) {
            timer.cancelled = true;
        }
    }

    /**
     * Starts a lease's time again.
     *
     * @param takenBack the checkpoint of the lease that was taken back since it was asked for the first time; 0: none
     */
    public synchronized Renewal renew(long id, long takenBack, long nowNanos) {
        if (!leading) {
            return Renewal.NotLeading.INSTANCE;
        }
        Timer timer = timers.get(id);
        if (timer == null || timer.deadlineNanos - nowNanos <= 0) {
            return Renewal.Gone.INSTANCE;
        }
        // Before what was written down is taken back: a checkpoint that is made meanwhile knows of it.
        timer.deadlineNanos = nowNanos + timer.ttlNanos;
        if (timer.checkpoint == takenBack) {
            timer.checkpoint = NO_CHECKPOINT;
        }
        awaitCheckpoint(timer, timer.ttlNanos, nowNanos);
        return timer.checkpoint == NO_CHECKPOINT
                ? Renewal.Renewed.INSTANCE
                : new Renewal.Checkpointed(timer.checkpoint, term);
    }

    /** Seconds until a lease runs out, rounded down; null if it is not known here or ran out. */
    public synchronized @Nullable Long remainingSeconds(long id, long nowNanos) {
        Timer timer = timers.get(id);
        if (timer == null || timer.deadlineNanos - nowNanos < 0) {
            return null;
        }
        return (timer.deadlineNanos - nowNanos) / SECOND_NANOS;
    }

    /**
     * What is to be written into the log, valid in a term only.
     *
     * @param leases none: nothing is due
     */
    public record Checkpoint(long term, List<RemainingTime> leases) {}

    /** What the leases have left of which that is to be written down now, at most {@code limit}; the rest comes with the next call. */
    public synchronized Checkpoint dueCheckpoint(long nowNanos, int limit) {
        List<RemainingTime> due = new ArrayList<>();
        while (due.size() < limit && !checkpoints.isEmpty()
                && checkpoints.getFirst().checkpointAtNanos - nowNanos <= 0) {
            Timer timer = checkpoints.removeFirst();
            timer.awaitsCheckpoint = false;
            if (timer.cancelled || timer.deadlineNanos - nowNanos <= 0) {
                continue;
            }
            long seconds = Math.ceilDiv(timer.deadlineNanos - nowNanos, SECOND_NANOS);
            if (seconds * SECOND_NANOS < timer.ttlNanos) {
                timer.checkpoint = ++lastCheckpoint;
                due.add(new RemainingTime(timer.id, seconds));
            }
            awaitCheckpoint(timer, seconds * SECOND_NANOS, nowNanos);
        }
        return new Checkpoint(term, due);
    }

    private void awaitCheckpoint(Timer timer, long remainingNanos, long nowNanos) {
        if (checkpointIntervalNanos > 0 && !timer.awaitsCheckpoint && remainingNanos > checkpointIntervalNanos) {
            timer.awaitsCheckpoint = true;
            timer.checkpointAtNanos = nowNanos + checkpointIntervalNanos;
            checkpoints.addLast(timer);
        }
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

    private void add(long id, long ttlSeconds, long remainingSeconds, long nowNanos) {
        long ttlNanos = nanos(ttlSeconds);
        long remainingNanos = remainingSeconds > 0 ? nanos(remainingSeconds) : ttlNanos;
        Timer timer = new Timer(id, ttlNanos, nowNanos + remainingNanos);
        if (remainingSeconds > 0) {
            timer.checkpoint = ++lastCheckpoint;
        }
        timers.put(id, timer);
        schedule(timer, timer.deadlineNanos, nextTick);
        awaitCheckpoint(timer, remainingNanos, nowNanos);
    }

    private static long nanos(long seconds) {
        return Math.multiplyExact(Math.min(seconds, Long.MAX_VALUE / (2 * SECOND_NANOS)), SECOND_NANOS);
    }

    private void schedule(Timer timer, long atNanos, long nowTick) {
        long tick = Math.max(atNanos / TICK_NANOS + 1, nowTick + 1);
        long within = Math.min(tick, nowTick + SLOTS - 1);
        slots.get((int) Math.floorMod(within, (long) SLOTS)).add(timer);
    }
}
