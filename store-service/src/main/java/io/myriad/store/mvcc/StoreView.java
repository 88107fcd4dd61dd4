package io.myriad.store.mvcc;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/** The whole store at one revision: an immutable index and the history of events up to that revision. */
public final class StoreView implements ReadView {

    private final KeyTree tree;
    private final EventLog.View events;
    private final long revision;
    private final MvccStore store;

    StoreView(KeyTree tree, EventLog.View events, long revision, MvccStore store) {
        this.tree = tree;
        this.events = events;
        this.revision = revision;
        this.store = store;
    }

    @Override
    public long revision() {
        return revision;
    }

    /** The revision of the last compaction of the store, which may be newer than this view. */
    @Override
    public long compactedRevision() {
        return store.compactedRevision();
    }

    @Override
    public @Nullable KeyVersion get(byte[] key) {
        KeyVersion newest = tree.get(key);
        return newest == null || newest.isTombstone() ? null : newest;
    }

    /**
     * That the current revision was compacted, too, can be found if this is not the newest view any more. Throws {@link ResultTooLargeException} if memory has no room for values that have
     * to be read for it.
     */
    @Override
    public RangeResult range(RangeQuery query) {
        RevisionStatus status = status(query.revision());
        if (status != RevisionStatus.AVAILABLE) {
            return RangeResult.unavailable(status, revision);
        }
        try {
            return isCurrent(query) ? rangeCurrent(query) : rangePast(query);
        } catch (CompactedException e) {
            return RangeResult.unavailable(RevisionStatus.COMPACTED, revision);
        }
    }

    private boolean isCurrent(RangeQuery query) {
        return query.revision() <= 0 || query.revision() == revision;
    }

    /** Bytes of key-values that a range would have to read because their values are not in memory; none if the revision cannot be read. Reads none. */
    public long bytesToRead(RangeQuery query) {
        if (query.countOnly() || status(query.revision()) != RevisionStatus.AVAILABLE) {
            return 0;
        }
        boolean current = isCurrent(query);
        RangeReader reader = new RangeReader(query, current, current ? revision : query.revision(), false, null);
        tree.visit(query.keys(), reader);
        return reader.bytesToRead();
    }

    private RangeResult rangePast(RangeQuery query) {
        RangeReader reader = new RangeReader(query, false, query.revision(), true, store.values());
        tree.visit(query.keys(), reader);
        // Compaction cuts chains while they are being walked: what was read counts only if it was still there at the end.
        RevisionStatus after = status(query.revision());
        return after == RevisionStatus.AVAILABLE
                ? reader.result(revision, reader.count())
                : RangeResult.unavailable(after, revision);
    }

    private RangeResult rangeCurrent(RangeQuery query) {
        boolean single = query.keys().isSingle();
        if (query.countOnly() && !single) {
            return RangeResult.counted(revision, tree.liveCount(query.keys()));
        }
        RangeReader reader = new RangeReader(query, true, revision, false, store.values());
        tree.visit(query.keys(), reader);
        boolean wholeRange = single || query.limit() <= 0;
        return reader.result(revision, wholeRange ? reader.count() : tree.liveCount(query.keys()));
    }

    /** Number of keys. */
    public int liveCount() {
        return tree.liveCount();
    }

    boolean isOfAnotherStore(StoreView other) {
        return store != other.store;
    }

    EventLog.View events() {
        return events;
    }

    /** Hands over the newest version of every key, in key order, tombstones included. */
    void forEachNewest(Consumer<KeyVersion> consumer) {
        forEachNewest(new KeyRange(new byte[0], new byte[0]), newest -> {
            consumer.accept(newest);
            return true;
        });
    }

    /** Hands over the newest versions of the keys in a range, until the visitor has had enough. */
    void forEachNewest(KeyRange range, KeyTree.Visitor visitor) {
        tree.visit(range, visitor);
    }

    /** Hands over every version that is kept, key by key, oldest first within a key. */
    void forEachVersion(Consumer<KeyVersion> consumer) {
        KeyVersion[] chain = new KeyVersion[16];
        KeyVersion[][] reused = {chain};
        tree.visit(new KeyRange(new byte[0], new byte[0]), newest -> {
            int length = 0;
            for (KeyVersion version = newest; version != null; version = version.previous()) {
                if (length == reused[0].length) {
                    reused[0] = java.util.Arrays.copyOf(reused[0], length * 2);
                }
                reused[0][length++] = version;
            }
            while (length > 0) {
                consumer.accept(reused[0][--length]);
            }
            return true;
        });
    }

    /** Checks the index and its agreement with the history; for tests. Throws if they are wrong. */
    public void checkInvariants() {
        checkInvariants(Long.MAX_VALUE);
    }

    /** The same for a store whose history after a revision was kept from compaction. */
    public void checkInvariants(long keptAfter) {
        long begin = Math.min(compactedRevision(), keptAfter);
        tree.checkInvariants();
        long before = 0;
        for (long position = events.begin(); position < events.end(); position++) {
            KeyVersion event = events.get(position);
            if (event.modRevision() < before || event.modRevision() > revision
                    || event.modRevision() < begin) {
                throw new IllegalStateException("event " + event + " out of order, after revision " + before);
            }
            before = event.modRevision();
        }
        forEachVersion(version -> {
            KeyVersion previous = version.previous();
            if (version.modRevision() > revision
                    || previous != null && previous.modRevision() > version.modRevision()) {
                throw new IllegalStateException("version " + version + " of view " + revision + " follows " + previous);
            }
        });
    }
}
