package io.myriad.store.mvcc;

import java.util.Arrays;
import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/** Collects the key-values that a query asks for from a walk over the index. One use, one thread. */
final class RangeReader implements KeyTree.Visitor {

    private static final int INITIAL_CAPACITY = 16;

    private final RangeQuery query;
    private final boolean current;
    private final long revision;
    private final long most;
    private final boolean countRest;
    private final @Nullable ValueCache bound;
    private KeyVersion[] found;
    private int size;
    private long count;

    /**
     * @param current whether the newest versions are what is asked for
     * @param revision the revision to read at
     * @param countRest whether keys after the limit must be visited to count them
     * @param bound says what memory has no room for, which is refused then; null: nothing is, because all members have to find the same
     */
    RangeReader(RangeQuery query, boolean current, long revision, boolean countRest, @Nullable ValueCache bound) {
        this.query = query;
        this.current = current;
        this.revision = revision;
        this.countRest = countRest;
        this.bound = bound;
        boolean cutWhileReading = query.limit() > 0 && query.isKeyOrder() && !query.isFiltered();
        this.most = cutWhileReading ? query.limit() : Long.MAX_VALUE;
        this.found = new KeyVersion[query.keys().isSingle() ? 1 : INITIAL_CAPACITY];
    }

    @Override
    public boolean visit(KeyVersion newest) {
        KeyVersion version = current ? newest : newest.at(revision);
        if (version == null || version.isTombstone()) {
            return true;
        }
        count++;
        if (size < most && !query.countOnly()) {
            if (size == found.length) {
                found = Arrays.copyOf(found, size * 2);
            }
            found[size++] = version;
        }
        return countRest || size < most || query.countOnly();
    }

    long count() {
        return count;
    }

    /** The result, with all values that it needs; {@code total} is the number of keys in the range. Throws {@link CompactedException} if a value is gone, and {@link ResultTooLargeException}. */
    RangeResult result(long storeRevision, long total) {
        if (query.isFiltered()) {
            filter();
        }
        if (!query.isKeyOrder() || query.target() != RangeQuery.Target.KEY) {
            sort();
        }
        boolean more = query.limit() > 0 && (most == Long.MAX_VALUE ? size > query.limit() : total > size);
        limit();
        if (!query.keysOnly()) {
            load();
        }
        return new RangeResult(RevisionStatus.AVAILABLE, storeRevision, found, size, more, total);
    }

    private void limit() {
        if (query.limit() > 0 && size > query.limit()) {
            size = (int) query.limit();
        }
    }

    /** Bytes that {@link #result} would have to read, because they are not in memory; nothing is read for that. */
    long bytesToRead() {
        if (query.isFiltered()) {
            filter();
        }
        if (query.target() != RangeQuery.Target.VALUE) {
            if (query.keysOnly()) {
                return 0;
            }
            if (!query.isKeyOrder()) {
                sort();
            }
            limit();
        }
        return ValueCache.absentBytes(found, size);
    }

    private void load() {
        if (bound != null) {
            bound.checkSize(found, size);
        }
        ValueCache.load(found, size, true);
    }

    private void filter() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            KeyVersion version = found[i];
            long mod = version.modRevision();
            long create = version.fields().createRevision();
            boolean out = query.maxModRevision() != 0 && mod > query.maxModRevision()
                    || query.minModRevision() != 0 && mod < query.minModRevision()
                    || query.maxCreateRevision() != 0 && create > query.maxCreateRevision()
                    || query.minCreateRevision() != 0 && create < query.minCreateRevision();
            if (!out) {
                found[kept++] = version;
            }
        }
        size = kept;
    }

    private void sort() {
        if (query.target() == RangeQuery.Target.VALUE) {
            load();
        }
        Comparator<KeyVersion> comparator = switch (query.target()) {
            case KEY -> (a, b) -> a.compareKey(b.key());
            case VERSION -> Comparator.comparingLong(version -> version.fields().version());
            case CREATE -> Comparator.comparingLong(version -> version.fields().createRevision());
            case MOD -> Comparator.comparingLong(KeyVersion::modRevision);
            case VALUE -> (a, b) -> a.value().compareTo(b.value());
        };
        Arrays.sort(found, 0, size, query.order() == RangeQuery.Order.DESCEND ? comparator.reversed() : comparator);
    }
}
