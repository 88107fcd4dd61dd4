package io.myriad.apiserver.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import io.myriad.apiserver.storage.testing.StoreInProcess;
import io.myriad.apiserver.storage.testing.StoreServer;

/** The client with this project's store in the same JVM, without a connection between them. */
class InProcessStoreTest extends EtcdStoreContract {
    @Override
    StoreServer start(Path directory) throws Exception {
        return new StoreInProcess(directory);
    }

    @Override
    List<URI> endpoints(StoreServer started) {
        return List.of(URI.create("in-process://" + started.endpoint().getAuthority()));
    }
}
