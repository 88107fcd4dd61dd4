package io.myriad.apiserver.cache;

import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The watches of objects with one thing in common, such as the node that pods run on, and the numbers of the latest events
 * about such objects. An event wakes the cursors of its topics only, and a cursor finds its next event here instead of
 * passing all the others: ten thousand watches of a node each cost nothing while other nodes' pods change.
 *
 * <p>The log is short. A cursor that is further behind than it reaches, or older than the topic, walks the whole history
 * until the log covers it. The writer alone appends; each log is immutable and published before the state whose events it
 * names.
 */
final class Topic {
    /** How many events a topic remembers. */
    static final int LOG_LENGTH = 64;

    /** What the objects of a topic have in common. */
    enum Aspect {
        NAMESPACE, NAME, OBJECT, FIELD
    }

    /** Names a topic: an aspect and its value, which is {@code namespace/name} for one object. */
    record Key(Aspect aspect, String value) {}

    /**
     * @param coveredFrom the first event number from which on every event of the topic is in {@code sequences}
     * @param sequences event numbers, ascending
     */
    private record Log(long coveredFrom, long[] sequences) {}

    private static final long[] NONE = {};

    private final Key key;
    private final CopyOnWriteArrayList<CacheCursor> cursors = new CopyOnWriteArrayList<>();
    private volatile Log log = new Log(Long.MAX_VALUE, NONE);
    /** Events of the batch that the writer is at. */
    private long[] batch = NONE;
    private int batchSize;

    Topic(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    CopyOnWriteArrayList<CacheCursor> cursors() {
        return cursors;
    }

    /** Says that every event from this number on will be appended. */
    void coverFrom(long sequence) {
        log = new Log(sequence, NONE);
    }

    /** Adds an event of the current batch. Answers whether it is the batch's first one. */
    boolean append(long sequence) {
        if (batchSize > 0 && batch[batchSize - 1] == sequence) {
            return false;
        }
        if (batchSize == batch.length) {
            batch = Arrays.copyOf(batch, Math.max(4, 2 * batchSize));
        }
        batch[batchSize++] = sequence;
        return batchSize == 1;
    }

    /** Drops the batch's events. */
    void discard() {
        batchSize = 0;
    }

    /** Makes the batch's events visible. */
    void publish() {
        long[] before = log.sequences;
        int total = before.length + batchSize;
        int dropped = Math.max(0, total - LOG_LENGTH);
        long coveredFrom = log.coveredFrom;
        if (dropped > 0) {
            coveredFrom = 1 + (dropped <= before.length ? before[dropped - 1] : batch[dropped - before.length - 1]);
        }
        long[] after = new long[total - dropped];
        int kept = Math.max(0, before.length - dropped);
        System.arraycopy(before, before.length - kept, after, 0, kept);
        System.arraycopy(batch, batchSize - (after.length - kept), after, kept, after.length - kept);
        batchSize = 0;
        if (batch.length > LOG_LENGTH) {
            batch = NONE;
        }
        log = new Log(coveredFrom, after);
    }

    /**
     * The number of the next event that a cursor must look at; beyond the last published event when there is none.
     *
     * @param position the last event that the cursor has looked at
     */
    long next(long position) {
        Log current = log;
        if (position + 1 < current.coveredFrom) {
            return position + 1;
        }
        int at = Arrays.binarySearch(current.sequences, position + 1);
        int index = at >= 0 ? at : -at - 1;
        return index < current.sequences.length ? current.sequences[index] : Long.MAX_VALUE;
    }
}
