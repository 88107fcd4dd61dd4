package io.myriad.store.mvcc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A store's versions as of one moment, history included, to be written out while the store goes on. Compaction keeps old versions until it is closed. */
public final class SnapshotSource implements AutoCloseable {

    private final MvccStore store;
    private final StoreView view;
    private final long compactedRevision;
    private final Footprint footprint;

    /** Takes the store as it is. The store's writer thread. */
    public SnapshotSource(MvccStore store) {
        this.store = store;
        this.view = store.pin();
        this.compactedRevision = store.compactedRevision();
        this.footprint = store.footprint();
    }

    /** Receives versions. */
    @FunctionalInterface
    public interface Sink {
        void accept(KeyVersion version) throws IOException;
    }

    public long revision() {
        return view.revision();
    }

    public long compactedRevision() {
        return compactedRevision;
    }

    /** What the versions take. */
    public Footprint footprint() {
        return footprint;
    }

    /** Lets values go that memory has no room for; all of them lie in the store's {@link ValueSource} now. Any thread, one at a time. */
    public void evict() {
        store.values().evict(view, footprint);
    }

    /** Hands over all versions, with their values, in the order of their revisions. Any thread. */
    public void forEach(Sink sink) throws IOException {
        List<KeyVersion> versions = new ArrayList<>();
        view.forEachVersion(versions::add);
        handOver(versions, sink);
    }

    private static void handOver(List<KeyVersion> versions, Sink sink) throws IOException {
        versions.sort(KeyVersion::compareRevisions);
        for (KeyVersion version : new WholeVersions(versions)) {
            sink.accept(version);
        }
    }

    /**
     * Hands over, with their values and in the order of their revisions, the versions that reads need: all after the last compaction, and of each key the last one before, unless it was a deletion. A deletion by
     * the very revision of the compaction is kept, as etcd keeps it. Any thread.
     */
    public void forEachReadable(Sink sink) throws IOException {
        List<KeyVersion> versions = new ArrayList<>();
        view.forEachVersion(version -> {
            if (version.modRevision() <= compactedRevision && !versions.isEmpty()
                    && versions.getLast() == version.previous()) {
                versions.removeLast();
            }
            if (version.modRevision() >= compactedRevision || !version.isTombstone()) {
                versions.add(version);
            }
        });
        handOver(versions, sink);
    }

    /** Hands over, in order, the versions after a revision whose history was kept since ({@link MvccStore#keepHistoryAfter}). Any thread. */
    public void forEachAfter(long revision, Sink sink) throws IOException {
        EventLog.View events = view.events();
        for (long position = events.positionOf(revision + 1); position < events.end(); position++) {
            sink.accept(events.get(position));
        }
    }

    @Override
    public void close() {
        store.unpin();
    }
}
