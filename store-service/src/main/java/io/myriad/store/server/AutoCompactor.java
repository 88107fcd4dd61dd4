package io.myriad.store.server;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.ReadView;

/**
 * Decides when to compact and at which revision, as etcd does: by period, it notes the revision ten times a period (every hour for long ones at least) and compacts at the one
 * that is a period old; by number, every five minutes. Only a leader compacts; a member that becomes one begins to note anew.
 */
final class AutoCompactor {

    private static final long BY_REVISIONS_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LONGEST_PERIOD_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int NOTES_PER_PERIOD = 10;

    private final @Nullable AutoCompaction policy;
    private final LongConsumer compact;
    private final ArrayDeque<Note> notes = new ArrayDeque<>();
    private long nextNanos;
    private boolean led;

    private record Note(long nanos, long revision) {}

    /** @param compact told the revision to compact at */
    AutoCompactor(@Nullable AutoCompaction policy, LongConsumer compact) {
        this.policy = policy;
        this.compact = compact;
    }

    /** One turn; to be called about every second or more often. */
    void doWork(boolean leading, long nowNanos, ReadView view) {
        if (policy == null) {
            return;
        }
        if (leading && !led) {
            notes.clear();
            nextNanos = nowNanos + (policy instanceof AutoCompaction.Revisions ? BY_REVISIONS_INTERVAL_NANOS : 0);
        }
        led = leading;
        if (!leading || nowNanos - nextNanos < 0) {
            return;
        }
        switch (policy) {
            case AutoCompaction.Revisions byNumber -> {
                nextNanos = nowNanos + BY_REVISIONS_INTERVAL_NANOS;
                compactAt(view.revision() - byNumber.retention(), view);
            }
            case AutoCompaction.Periodic byPeriod -> {
                long period = byPeriod.retention().toNanos();
                nextNanos = nowNanos + Math.min(period, LONGEST_PERIOD_NANOS) / NOTES_PER_PERIOD;
                notes.add(new Note(nowNanos, view.revision()));
                Note due = null;
                for (Note oldest; (oldest = notes.peek()) != null && nowNanos - oldest.nanos >= period;) {
                    due = notes.poll();
                }
                if (due != null) {
                    compactAt(due.revision, view);
                }
            }
        }
    }

    private void compactAt(long revision, ReadView view) {
        if (revision > view.compactedRevision() && revision > 0) {
            compact.accept(revision);
        }
    }
}
