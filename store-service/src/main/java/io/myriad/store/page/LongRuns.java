package io.myriad.store.page;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Free runs too long for a bucket of their own: by where they begin, and by length. There are few, so an ordered map's cost is no matter. One thread. */
final class LongRuns {
    private final TreeMap<Integer, Integer> byStart = new TreeMap<>();
    /** Length and start in one number, so that its order is shortest first, and lowest first among those of one length. */
    private final TreeSet<Long> byLength = new TreeSet<>();

    int size() {
        return byStart.size();
    }

    void add(int start, int length) {
        byStart.put(start, length);
        byLength.add(key(start, length));
    }

    /** Removes the run that begins at a page; returns its length. */
    int removeStartingAt(int start) {
        int length = lengthAt(start);
        byStart.remove(start);
        byLength.remove(key(start, length));
        return length;
    }

    /** The length of the run that begins at a page. */
    int lengthAt(int start) {
        Integer length = byStart.get(start);
        if (length == null) {
            throw new IllegalStateException("no long run begins at page " + start);
        }
        return length;
    }

    /** Where the run begins that has this page as its last. */
    int startOfRunEndingAt(int lastPage) {
        Map.Entry<Integer, Integer> run = byStart.floorEntry(lastPage);
        if (run == null || run.getKey() + run.getValue() - 1 != lastPage) {
            throw new IllegalStateException("no long run ends at page " + lastPage);
        }
        return run.getKey();
    }

    /** Where the lowest of the shortest runs of at least this length begins; -1 if there is none. */
    int firstFitting(int length) {
        Long found = byLength.ceiling(key(0, length));
        return found == null ? -1 : (int) (long) found;
    }

    private static long key(int start, int length) {
        return (long) length << Integer.SIZE | start;
    }
}
