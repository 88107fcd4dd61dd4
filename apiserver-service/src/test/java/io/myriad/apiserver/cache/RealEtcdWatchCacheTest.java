package io.myriad.apiserver.cache;

import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;

import io.myriad.apiserver.storage.testing.EtcdProcess;
import io.myriad.apiserver.storage.testing.StoreServer;

/** The cache over a real etcd. */
@Tag("peers")
class RealEtcdWatchCacheTest extends StoredWatchCacheContract {
    @Override
    StoreServer start(Path directory) throws Exception {
        Assumptions.assumeTrue(EtcdProcess.isAvailable());
        return new EtcdProcess(directory);
    }
}
