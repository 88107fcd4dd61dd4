package io.myriad.store.mvcc;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The store in memory, written to a snapshot and read again now and then. */
final class MvccStoreTest extends RevisionStoreContractTest {

    @Override
    RevisionStore create() {
        return new MvccStore();
    }

    @Override
    RevisionStore disturb(RevisionStore store) {
        try (SnapshotSource source = new SnapshotSource((MvccStore) store)) {
            MvccStore.Loader loader = new MvccStore.Loader(source.revision(), source.compactedRevision());
            source.forEach(version -> loader.add(version.keyValue(), version.modRevision(), version.subRevision(),
                    version.isTombstone()));
            MvccStore restored = loader.build();
            restored.view().checkInvariants();
            return restored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void checkInvariants(RevisionStore store) {
        store.view().checkInvariants();
    }
}
