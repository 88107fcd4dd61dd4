package io.myriad.control.election;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.control.client.TransportException;

/**
 * Elects a leader by means of a Lease, as client-go does and together with it.
 *
 * <pre>
 *   STANDBY --acquired--> LEADING --resign--> HANDING_OVER --workers gone, released--> STOPPED
 *      ^                     |                     |
 *      |                  lost, or not renewed in time
 *      |                     v                     v
 *      +---workers gone--- FENCED <----------------+
 * </pre>
 *
 * <p><b>Time.</b> Only differences of this process's monotonic clock count; the wall clock times in the Lease are for
 * people. A contender counts from when it <em>saw</em> the lease change, after the answer was there. A leader counts from
 * when it <em>sent</em> the renewal. So the contender's count begins later than the leader's, whatever the network did, and
 * as the leader stops at the renew deadline, before the lease's duration, two never lead at once as long as clocks run at
 * nearly the same speed.
 *
 * <p><b>Fencing.</b> {@link #mayWrite} is true only within the renew deadline, and is asked before each write: a process
 * that was stopped for a minute finds it false although no step of this machine has run. Workers are stopped before the
 * lease is released. Every term has a number, the Lease's count of transitions.
 *
 * <p><b>Driving.</b> {@link #step} does what is due and says when it wants to be called again; {@link #observe} and
 * {@link #resign} come from other threads and ask for a step. {@link ElectionLoop} drives it in production.
 *
 * <p>Protocol: coordination.k8s.io Lease as written by client-go's leaderelection package.
 */
public final class LeaderElector {
    private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);

    /** Where the machine is. */
    public enum State {
        /** Somebody else leads, or nobody: waiting for the lease to become free. */
        STANDBY,
        /** We hold the lease and renew it. */
        LEADING,
        /** We hold and renew the lease until our workers are gone, then release it. */
        HANDING_OVER,
        /** We lost the lease or could not renew it: nothing is written, workers are stopping. */
        FENCED,
        /** The end. */
        STOPPED
    }

    /** Contenders look at the lease after one to 2.2 retry periods, as client-go's do. */
    private static final double JITTER = 1.2;
    /** Tries to release a lease that somebody edits at the same time. */
    private static final int RELEASE_ATTEMPTS_MAX = 3;

    private final ElectionOptions options;
    private final LeaseStore store;
    private final Leadership leadership;
    private final LongSupplier nanoTime;
    private final InstantSource wallClock;
    private final RandomGenerator random;

    private volatile State state = State.STANDBY;
    private volatile boolean resigning;
    private volatile @Nullable LeaseRecord watched;
    private volatile long renewedNanos;

    private @Nullable LeaseRecord observed;
    private long observedNanos;
    private long nextTryNanos;
    /** The record that was free when we last tried to take the lease. */
    private @Nullable LeaseRecord tried;
    private CompletableFuture<Void> workersGone = CompletableFuture.completedFuture(null);

    public LeaderElector(ElectionOptions options, LeaseStore store, Leadership leadership, LongSupplier nanoTime,
            InstantSource wallClock, RandomGenerator random) {
        this.options = options;
        this.store = store;
        this.leadership = leadership;
        this.nanoTime = nanoTime;
        this.wallClock = wallClock;
        this.random = random;
        this.nextTryNanos = nanoTime.getAsLong();
    }

    public State state() {
        return state;
    }

    /** The holder last seen, or empty. */
    public String leader() {
        LeaseRecord record = observed;
        return record == null ? "" : record.holder();
    }

    /**
     * Whether this process is leader beyond doubt: to be asked before each write that only a leader may do. Any thread.
     */
    public boolean mayWrite() {
        State now = state;
        return (now == State.LEADING || now == State.HANDING_OVER)
                && nanoTime.getAsLong() - renewedNanos < nanos(options.renewDeadlineMillis());
    }

    /** Tells what a watch on the Lease saw. Any thread; a step should follow. */
    public void observe(LeaseRecord record) {
        watched = record;
    }

    /** Asks to give leadership up and stop. Any thread; a step should follow. */
    public void resign() {
        resigning = true;
    }

    /**
     * Does what is due.
     *
     * @param nowNanos the time, of the clock given
     * @return nanoseconds until it wants to be called again, at most
     */
    public long step(long nowNanos) {
        return switch (state) {
            case STANDBY -> standby(nowNanos);
            case LEADING -> leading(nowNanos);
            case HANDING_OVER -> handingOver(nowNanos);
            case FENCED -> fenced(nowNanos);
            case STOPPED -> Long.MAX_VALUE;
        };
    }

    // ---- states ---------------------------------------------------------------------------------------------

    private long standby(long nowNanos) {
        if (resigning) {
            state = State.STOPPED;
            return Long.MAX_VALUE;
        }
        LeaseRecord hint = watched;
        watched = null;
        if (hint != null) {
            saw(hint);
        }
        boolean free = observed != null && free(observed, nowNanos);
        // A lease that has become free is tried for at once, but only once: without a server that would be a busy loop.
        boolean news = free && observed != tried;
        if (!news && nowNanos - nextTryNanos < 0) {
            return untilNextLook(nowNanos);
        }
        tried = free ? observed : null;
        nextTryNanos = nowNanos + nanos(options.retryPeriodMillis())
                + (long) (random.nextDouble() * JITTER * nanos(options.retryPeriodMillis()));
        try {
            acquire(nowNanos, hint != null && free);
        } catch (StatusException | TransportException e) {
            log.debug("lease not acquired: {}", e.getMessage());
        }
        return state == State.LEADING ? nanos(options.retryPeriodMillis()) : untilNextLook(nanoTime.getAsLong());
    }

    private long untilNextLook(long nowNanos) {
        long wait = nextTryNanos - nowNanos;
        LeaseRecord record = observed;
        if (record != null && record != tried && !record.holder().isEmpty()) {
            wait = Math.min(wait, observedNanos + duration(record) - nowNanos);
        }
        return Math.max(wait, TimeUnit.MILLISECONDS.toNanos(10));
    }

    /** Takes the lease if it is free. {@code known}: what was observed is fresh, so that no look is needed first. */
    private void acquire(long nowNanos, boolean known) {
        if (!known) {
            LeaseRecord current = store.get(options.callTimeoutMillis());
            if (current == null) {
                lead(nowNanos, store.create(record(0, ""), options.callTimeoutMillis()));
                return;
            }
            saw(current);
        }
        LeaseRecord current = observed;
        if (current != null && free(current, nanoTime.getAsLong())) {
            // The time to count from is taken again: looking may have been slow.
            long beforeNanos = nanoTime.getAsLong();
            LeaseRecord wanted = record(current.transitions() + 1, current.resourceVersion());
            lead(beforeNanos, store.update(wanted, options.callTimeoutMillis()));
        }
    }

    private void lead(long sentNanos, LeaseRecord record) {
        saw(record);
        renewedNanos = sentNanos;
        if (nanoTime.getAsLong() - sentNanos >= nanos(options.renewDeadlineMillis())) {
            return; // the answer took so long that we may not lead; the lease expires or is taken again
        }
        nextTryNanos = sentNanos + nanos(options.retryPeriodMillis());
        state = State.LEADING;
        log.info("{} leads, term {}", options.identity(), record.transitions());
        leadership.startLeading(record.transitions());
    }

    private long leading(long nowNanos) {
        if (resigning) {
            log.info("{} hands leadership over", options.identity());
            state = State.HANDING_OVER;
            workersGone = leadership.stopLeading();
            return handingOver(nowNanos);
        }
        return renewWhenDue(nowNanos);
    }

    private long handingOver(long nowNanos) {
        if (!workersGone.isDone()) {
            return renewWhenDue(nowNanos);
        }
        // Before the release: from the moment the server has it somebody else may write.
        state = State.STOPPED;
        if (workersGone.isCompletedExceptionally()) {
            log.warn("lease not released, it will expire: a write may still be carried out");
        } else {
            release();
        }
        return Long.MAX_VALUE;
    }

    private long fenced(long nowNanos) {
        if (!workersGone.isDone()) {
            return nanos(options.retryPeriodMillis());
        }
        if (resigning) {
            state = State.STOPPED;
            return Long.MAX_VALUE;
        }
        log.info("{} is on standby again", options.identity());
        state = State.STANDBY;
        nextTryNanos = nowNanos;
        return 0;
    }

    /** Completes when the workers that are to stop are gone; a step should follow. */
    CompletableFuture<Void> workersGone() {
        return workersGone;
    }

    // ---- renewal and release --------------------------------------------------------------------------------

    private long renewWhenDue(long nowNanos) {
        long deadlineNanos = renewedNanos + nanos(options.renewDeadlineMillis());
        LeaseRecord hint = watched;
        watched = null;
        boolean doubtful = hint != null && !hint.holder().equals(options.identity());
        if (nowNanos - deadlineNanos < 0 && (doubtful || nowNanos - nextTryNanos >= 0)) {
            nextTryNanos = nowNanos + nanos(options.retryPeriodMillis());
            try {
                if (!renew(nowNanos, deadlineNanos)) {
                    fence("the lease is held by " + leader());
                    return 0;
                }
            } catch (StatusException | TransportException e) {
                log.warn("lease not renewed: {}", e.getMessage());
            }
            deadlineNanos = renewedNanos + nanos(options.renewDeadlineMillis());
        }
        long after = nanoTime.getAsLong();
        if (after - deadlineNanos >= 0) {
            fence("the lease was not renewed in time");
            return 0;
        }
        return Math.max(0, Math.min(nextTryNanos, deadlineNanos) - after);
    }

    /** Renews the lease. False when it is lost; throws when that is not known. */
    private boolean renew(long nowNanos, long deadlineNanos) {
        LeaseRecord mine = observed;
        if (mine == null) {
            throw new IllegalStateException("leading without a lease");
        }
        try {
            LeaseRecord renewed = store.update(renewal(mine), callMillis(nowNanos, deadlineNanos));
            saw(renewed);
            renewedNanos = nowNanos;
            return true;
        } catch (StatusException e) {
            if (e.status().reason() != StatusReason.CONFLICT && e.status().reason() != StatusReason.NOT_FOUND) {
                throw e;
            }
        }
        // Changed under us: by an attempt of ours whose answer was lost, by somebody's edit, or by another leader.
        LeaseRecord current = store.get(callMillis(nanoTime.getAsLong(), deadlineNanos));
        long beforeNanos = nanoTime.getAsLong();
        if (current == null) {
            saw(store.create(renewal(mine), callMillis(beforeNanos, deadlineNanos)));
        } else {
            saw(current);
            if (!current.holder().equals(options.identity()) || current.transitions() != mine.transitions()) {
                return false;
            }
            saw(store.update(renewal(current), callMillis(beforeNanos, deadlineNanos)));
        }
        renewedNanos = beforeNanos;
        return true;
    }

    private void fence(String why) {
        boolean stopping = state == State.HANDING_OVER;
        state = State.FENCED;
        log.warn("{} leads no longer: {}", options.identity(), why);
        if (!stopping) {
            workersGone = leadership.stopLeading();
        }
    }

    /** Leaves the lease to whoever wants it; at worst it expires. */
    private void release() {
        try {
            LeaseRecord mine = observed;
            for (int attempt = 0; mine != null && attempt < RELEASE_ATTEMPTS_MAX
                    && mine.holder().equals(options.identity()); attempt++) {
                if (released(mine)) {
                    log.info("{} released the lease", options.identity());
                    return;
                }
                mine = store.get(options.callTimeoutMillis());
            }
        } catch (StatusException | TransportException e) {
            log.warn("lease not released, it will expire: {}", e.getMessage());
        }
    }

    private boolean released(LeaseRecord mine) {
        Instant now = wallClock.instant().truncatedTo(ChronoUnit.MICROS);
        try {
            saw(store.update(new LeaseRecord("", 1, now, now, mine.transitions(), mine.resourceVersion()),
                    options.callTimeoutMillis()));
            return true;
        } catch (StatusException e) {
            if (e.status().reason() == StatusReason.CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    // ---- observation ----------------------------------------------------------------------------------------

    private void saw(LeaseRecord record) {
        LeaseRecord before = observed;
        if (record.newerThan(before)) {
            observed = record;
            observedNanos = nanoTime.getAsLong();
            if (!record.holder().isEmpty() && (before == null || !record.holder().equals(before.holder()))) {
                leadership.leaderChanged(record.holder());
            }
        }
    }

    private boolean free(LeaseRecord record, long nowNanos) {
        return record.holder().isEmpty() || record.holder().equals(options.identity())
                || nowNanos - (observedNanos + duration(record)) >= 0;
    }

    private LeaseRecord record(int transitions, String resourceVersion) {
        Instant now = wallClock.instant().truncatedTo(ChronoUnit.MICROS);
        return new LeaseRecord(options.identity(), (int) (options.leaseDurationMillis() / 1000), now, now, transitions,
                resourceVersion);
    }

    private LeaseRecord renewal(LeaseRecord mine) {
        return new LeaseRecord(options.identity(), (int) (options.leaseDurationMillis() / 1000), mine.acquireTime(),
                wallClock.instant().truncatedTo(ChronoUnit.MICROS), mine.transitions(), mine.resourceVersion());
    }

    /** A call never outlives the time for which we may lead, so that fencing is not late. */
    private long callMillis(long nowNanos, long deadlineNanos) {
        return Math.max(1, Math.min(options.callTimeoutMillis(),
                TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nowNanos)));
    }

    private static long duration(LeaseRecord record) {
        return TimeUnit.SECONDS.toNanos(record.durationSeconds());
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
