package io.myriad.apiserver.storage;

import java.nio.file.Path;

import io.myriad.apiserver.storage.testing.StoreInProcess;
import io.myriad.apiserver.storage.testing.StoreServer;

/** The client beside this project's store. */
class EtcdStoreTest extends EtcdStoreContract {
    @Override
    StoreServer start(Path directory) throws Exception {
        return new StoreInProcess(directory);
    }
}
