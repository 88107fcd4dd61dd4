package io.myriad.apiserver.cache;

import java.nio.file.Path;

import io.myriad.apiserver.storage.testing.StoreInProcess;
import io.myriad.apiserver.storage.testing.StoreServer;

/** The cache over this project's store. */
class StoredWatchCacheTest extends StoredWatchCacheContract {
    @Override
    StoreServer start(Path directory) throws Exception {
        return new StoreInProcess(directory);
    }
}
