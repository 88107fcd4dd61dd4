package io.myriad.apiserver.cache;

import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.EtcdConnection;
import io.myriad.apiserver.storage.EtcdStore;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorageContract;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.testing.StoreServer;
import io.myriad.apiserver.storage.testing.TestPods;

/** The cache over a real server keeps the storage's contract. One server serves all tests, each below its own prefix. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StoredWatchCacheContract extends ObjectStorageContract {
    private static final CacheLimits LIMITS = new CacheLimits(128, 1 << 14, 75_000, 1 << 20, 64, 400, 10_000, 1 << 20);

    private StoreServer server;
    private int tests;
    private EtcdStore store;
    private Storages storages;

    /** Starts an empty server. */
    abstract StoreServer start(Path directory) throws Exception;

    @BeforeAll
    void startServer(@TempDir Path directory) throws Exception {
        server = start(directory);
    }

    @AfterAll
    void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected ObjectStorage open() throws Exception {
        store = new EtcdStore(EtcdConnection.plain(server.endpoint()));
        storages = new Storages(Schema.builtin(), new StorageKeys("/test" + ++tests + "/"), store, Map.of(),
                kind -> TestPods.SELECTABLE, new SimpleMeterRegistry(), LIMITS);
        storages.start();
        return storages.builtin(TestPods.resource());
    }

    @Override
    protected void closeAll() {
        storages.close();
        store.close();
    }

    @Override
    protected void forget(long revision) {
        server.compact(revision);
        // The cache learns of it with the next revision.
        storages.builtin(TestPods.resource()).currentResourceVersion();
    }

    @Override
    protected boolean pass(long seconds) {
        // It passes while the test waits for the event.
        return true;
    }
}
