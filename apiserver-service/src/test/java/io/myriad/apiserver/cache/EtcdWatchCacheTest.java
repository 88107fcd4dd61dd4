package io.myriad.apiserver.cache;

import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.EtcdConnection;
import io.myriad.apiserver.storage.EtcdStore;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorageContract;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.testing.EtcdProcess;
import io.myriad.apiserver.storage.testing.TestPods;

/** The cache over a real etcd keeps the storage's contract. */
@Tag("peers")
class EtcdWatchCacheTest extends ObjectStorageContract {
    private static EtcdProcess etcd;
    private static int tests;

    private EtcdStore store;
    private Storages storages;

    @BeforeAll
    static void startEtcd(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(EtcdProcess.isAvailable());
        etcd = new EtcdProcess(directory);
    }

    @AfterAll
    static void stopEtcd() throws Exception {
        if (etcd != null) {
            etcd.close();
        }
    }

    @Override
    protected ObjectStorage open() throws Exception {
        store = new EtcdStore(EtcdConnection.plain(etcd.endpoint()));
        storages = new Storages(Schema.builtin(), new StorageKeys("/test" + ++tests + "/"), store, Map.of(),
                kind -> TestPods.SELECTABLE, new SimpleMeterRegistry());
        return storages.builtin(TestPods.resource());
    }

    @Override
    protected void closeAll() {
        storages.close();
        store.close();
    }

    @Override
    protected void forget(long revision) {
        etcd.compact(revision);
        // The cache learns of it with the next revision.
        storages.builtin(TestPods.resource()).currentResourceVersion();
    }

    @Override
    protected boolean pass(long seconds) {
        // It passes while the test waits for the event.
        return true;
    }
}
