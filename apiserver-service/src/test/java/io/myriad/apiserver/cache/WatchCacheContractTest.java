package io.myriad.apiserver.cache;

import java.util.Map;
import java.util.Random;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorageContract;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.testing.InMemoryKeyValueStore;
import io.myriad.apiserver.storage.testing.TestPods;

/** The cache over a store in memory keeps the storage's contract. */
class WatchCacheContractTest extends ObjectStorageContract {
    private static final CacheLimits LIMITS = new CacheLimits(16, 256, 75_000, 1 << 20, 8, 200, 5_000, 1 << 20);

    private final InMemoryKeyValueStore store = new InMemoryKeyValueStore(new Random(1));
    private Storages storages;

    @Override
    protected ObjectStorage open() {
        storages = new Storages(Schema.builtin(), new StorageKeys("/registry/"), store, Map.of(),
                kind -> TestPods.SELECTABLE, new SimpleMeterRegistry(), LIMITS);
        storages.start();
        return storages.builtin(TestPods.resource());
    }

    @Override
    protected void closeAll() {
        storages.close();
    }

    @Override
    protected void forget(long revision) {
        store.compact(revision);
        storages.builtin(TestPods.resource()).currentResourceVersion();
    }

    @Override
    protected boolean pass(long seconds) {
        store.advanceSeconds(seconds);
        return true;
    }
}
