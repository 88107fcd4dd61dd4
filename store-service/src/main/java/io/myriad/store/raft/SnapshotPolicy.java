package io.myriad.store.raft;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * When to write a snapshot: after so many entries or bytes of the log. It costs what has changed since the last.
 *
 * <p>With a snapshot the log gives up what is older than the one before. While another member is given one, entries alone are no reason for the next: what it will have to ask for then would be gone, and it
 * would have to be given another one, and so on if writing is faster than giving.
 *
 * <p>Threads: {@link #isDue} the apply thread's, everything else any.
 */
final class SnapshotPolicy {
    /** What no snapshot holds is in memory, whatever else memory lets go. */
    private static final long EVERY_BYTES = Math.min(256 << 20, Runtime.getRuntime().maxMemory() / 8);

    private final long everyEntries;
    private final long everyBytes;
    private final AtomicInteger given = new AtomicInteger();
    private long entries;
    private long bytes;
    private volatile boolean running;

    SnapshotPolicy(long everyEntries) {
        this(everyEntries, EVERY_BYTES);
    }

    SnapshotPolicy(long everyEntries, long everyBytes) {
        this.everyEntries = everyEntries;
        this.everyBytes = everyBytes;
    }

    /** An entry was applied: is it time for a snapshot? */
    boolean isDue(int entryBytes) {
        entries++;
        bytes += entryBytes;
        return !running && (bytes >= everyBytes || entries >= everyEntries && given.get() == 0);
    }

    /** The apply thread begins one. */
    void begin() {
        running = true;
        entries = 0;
        bytes = 0;
    }

    /**
     * Called also for one that JRaft was asked for and did not begin. It says nothing of that: for it nothing was applied since the last one while entries are in the first batch after it,
     * which are all of them when a member replays its log.
     */
    void end() {
        running = false;
    }

    /** Another member begins to get a snapshot. */
    void give() {
        given.incrementAndGet();
    }

    /** It has it, or does not get it. */
    void taken() {
        given.decrementAndGet();
    }
}
