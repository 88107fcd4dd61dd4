package io.myriad.apiserver.storage.testing;

import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorageContract;

/** The model keeps the contract that it is the model of. */
class InMemoryObjectStorageTest extends ObjectStorageContract {
    private final InMemoryStore store = new InMemoryStore();

    @Override
    protected ObjectStorage open() {
        return store.storage("pods", TestPods.indexer());
    }

    @Override
    protected void closeAll() {}

    @Override
    protected void forget(long revision) {
        store.compact(revision);
    }

    @Override
    protected boolean pass(long seconds) {
        store.advanceSeconds(seconds);
        return true;
    }
}
