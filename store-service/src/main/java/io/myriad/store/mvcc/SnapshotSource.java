package io.myriad.store.mvcc;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.jspecify.annotations.Nullable;

/** A store's versions as of one moment, history included, to be written out while the store goes on. Compaction keeps old versions until it is closed. */
public final class SnapshotSource implements AutoCloseable {

    private final MvccStore store;
    private final StoreView view;
    private final long compactedRevision;

    /** Takes the store as it is. The store's writer thread. */
    public SnapshotSource(MvccStore store) {
        this.store = store;
        this.view = store.pin();
        this.compactedRevision = store.compactedRevision();
    }

    /** Receives versions. */
    @FunctionalInterface
    public interface Sink {
        /** {@code sameKey} tells that the version before was of the same key. */
        void accept(KeyVersion version, boolean sameKey) throws IOException;
    }

    public long revision() {
        return view.revision();
    }

    public long compactedRevision() {
        return compactedRevision;
    }

    /** Hands over all versions key by key in key order, oldest first within a key. Any thread. */
    public void forEach(Sink sink) throws IOException {
        KeyVersion[] before = new KeyVersion[1];
        try {
            view.forEachVersion(version -> {
                @Nullable
                KeyVersion last = before[0];
                before[0] = version;
                try {
                    sink.accept(version, last != null && version.previous() == last);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        store.unpin();
    }
}
