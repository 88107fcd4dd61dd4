package io.myriad.store.mvcc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Which values of a store are in memory. Keys, revisions and leases always are; a value that lies somewhere else too may be let go, and is read from there when somebody asks for it.
 *
 * <p><b>Eviction</b> is a clock: a hand goes round the keys in their order, takes the mark of use from a version that has one and lets go the value of one that has none. It moves only when
 * there is too much in memory, after a checkpoint, on the checkpoint's thread. Values that are asked for are marked. What was let go comes back when it is asked for a second
 * time before the hand has passed, so that one reading of everything pushes out nothing that is read often. Nothing of this is on the way of a write.
 *
 * <p>The clock approximates least recently used: Corbató, A Paging Experiment with the Multics System (1968).
 *
 * <p>Threads: {@link #load} and {@link #read} any; {@link #evict} one at a time, while compaction is held back ({@link MvccStore#pin}).
 */
final class ValueCache {

    /** Nothing is let go. */
    static final ValueCache EVERYTHING = new ValueCache((revisions, places) -> new byte[revisions.length][],
            ValueBudget.UNLIMITED, new ValueFigures());

    /** Rounds of the hand at most: the first may find nothing but marks. */
    private static final int ROUNDS = 2;
    /** So much of the budget is made free beyond what has to be, so that what is asked for often can come back. */
    private static final int ROOM_DIVISOR = 16;

    private final ValueSource source;
    private final ValueBudget budget;
    private final ValueFigures figures;
    private final AtomicLong savedBytes = new AtomicLong();
    /** What may come back before the hand moves again. */
    private final AtomicLong roomBytes = new AtomicLong();
    private byte[] hand = new byte[0];

    ValueCache(ValueSource source, ValueBudget budget, ValueFigures figures) {
        this.source = source;
        this.budget = budget;
        this.figures = figures;
    }

    /** Bytes that are not in memory because values were let go. */
    long savedBytes() {
        return savedBytes.get();
    }

    /** A version is none any more, and so is its value. */
    void removed(KeyVersion version) {
        savedBytes.addAndGet(-version.leaveCache());
    }

    /** Lets go the value of a version that has just been read from where its value lies. */
    void leaveOut(KeyVersion version) {
        savedBytes.addAndGet(version.evict(this));
    }

    /** A version came without its value. */
    void cameWithout(KeyVersion version) {
        savedBytes.addAndGet(version.saving());
    }

    /** Reads one whole key-value. Throws {@link CompactedException} if it is nowhere any more. */
    byte[] read(KeyVersion version) {
        return readSorted(new KeyVersion[]{version})[0];
    }

    /**
     * Replaces versions whose values are not in memory by copies that have them. Throws {@link CompactedException} if a value is nowhere any more, and {@link UncheckedIOException} if it
     * could not be read.
     *
     * @param wanted whether somebody asked for just these, and may again
     */
    static void load(KeyVersion[] versions, int count, boolean wanted) {
        int absent = 0;
        for (int i = 0; i < count; i++) {
            if (!versions[i].isWhole()) {
                absent++;
            } else if (wanted) {
                versions[i].mark();
            }
        }
        if (absent > 0) {
            loadAbsent(versions, count, absent, wanted);
        }
    }

    /** Bytes of key-values whose values are not in memory. */
    static long absentBytes(KeyVersion[] versions, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += versions[i].isWhole() ? 0 : versions[i].size();
        }
        return bytes;
    }

    /** Throws {@link ResultTooLargeException} if versions need more values that are not in memory than one result may. */
    void checkSize(KeyVersion[] versions, int count) {
        long bytes = absentBytes(versions, count);
        long limit = budget.resultBytes();
        if (bytes > limit) {
            throw new ResultTooLargeException(bytes, limit);
        }
    }

    private static void loadAbsent(KeyVersion[] versions, int count, int expected, boolean wanted) {
        Integer[] order = new Integer[expected];
        int found = 0;
        // Others may come or go meanwhile; those that go are read when they are asked for.
        for (int i = 0; i < count && found < expected; i++) {
            if (!versions[i].isWhole()) {
                order[found++] = i;
            }
        }
        Arrays.sort(order, 0, found, (a, b) -> KeyVersion.compareRevisions(versions[a], versions[b]));
        KeyVersion[] absent = new KeyVersion[found];
        for (int i = 0; i < found; i++) {
            absent[i] = versions[order[i]];
        }
        if (found > 0) {
            ValueCache cache = absent[0].cache();
            byte[][] whole = cache.readSorted(absent);
            for (int i = 0; i < found; i++) {
                if (wanted) {
                    cache.admit(absent[i], whole[i]);
                }
                versions[order[i]] = absent[i].with(whole[i]);
            }
        }
    }

    private void admit(KeyVersion version, byte[] whole) {
        boolean again = version.isMarked();
        version.mark();
        if (again && roomBytes.get() >= whole.length) {
            int bytes = version.admit(whole);
            if (bytes > 0) {
                roomBytes.addAndGet(-bytes);
                savedBytes.addAndGet(-bytes);
                figures.admitted();
            }
        }
    }

    private byte[][] readSorted(KeyVersion[] versions) {
        long[] revisions = new long[versions.length];
        int[] places = new int[versions.length];
        for (int i = 0; i < versions.length; i++) {
            revisions[i] = versions[i].modRevision();
            places[i] = versions[i].subRevision();
        }
        byte[][] whole;
        try {
            whole = source.read(revisions, places);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        figures.read(versions.length);
        for (int i = 0; i < whole.length; i++) {
            byte @Nullable [] one = whole[i];
            if (one == null) {
                throw new CompactedException(versions[i] + " was compacted while it was to be read");
            }
        }
        return whole;
    }

    /**
     * Lets values go until there are as few in memory as there should be.
     *
     * @param view what lies elsewhere too, all of it
     * @param footprint what the view takes
     */
    void evict(StoreView view, Footprint footprint) {
        long allowed = budget.besideIndex(footprint.indexBytes());
        long excess = footprint.valueBytes() - savedBytes.get() - allowed;
        if (excess > 0) {
            turn(view, excess + allowed / ROOM_DIVISOR);
        }
        roomBytes.set(Math.max(0, allowed - (footprint.valueBytes() - savedBytes.get())));
    }

    private void turn(StoreView view, long bytes) {
        long[] left = {bytes};
        for (int round = 0; left[0] > 0 && round <= ROUNDS; round++) {
            KeyRange ahead = new KeyRange(hand, new byte[0]);
            hand = new byte[0];
            view.forEachNewest(ahead, newest -> {
                for (KeyVersion version = newest; version != null; version = version.previous()) {
                    left[0] -= version.unmark() ? 0 : release(version);
                }
                if (left[0] <= 0) {
                    byte[] key = newest.key();
                    hand = Arrays.copyOf(key, key.length + 1);
                }
                return left[0] > 0;
            });
        }
    }

    private int release(KeyVersion version) {
        int bytes = version.evict(this);
        if (bytes > 0) {
            savedBytes.addAndGet(bytes);
            figures.evicted();
        }
        return bytes;
    }
}
