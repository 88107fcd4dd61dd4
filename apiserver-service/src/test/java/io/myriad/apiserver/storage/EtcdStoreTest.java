package io.myriad.apiserver.storage;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.testing.StoreInProcess;
import io.myriad.apiserver.storage.testing.StoreServer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The client beside this project's store. */
class EtcdStoreTest extends EtcdStoreContract {
    @Override
    StoreServer start(Path directory) throws Exception {
        return new StoreInProcess(directory);
    }

    @Test
    void aStoreThatIsAwayIsTriedAgainSoon() throws Exception {
        try (ServerSocket refusing = new ServerSocket(0);
                EtcdStore store = new EtcdStore(
                        EtcdConnection.plain(URI.create("http://127.0.0.1:" + refusing.getLocalPort())));
                ExecutorService caller = Executors.newSingleThreadExecutor()) {
            // With gRPC's own pauses the eighth attempt is made after 34 to 52 seconds.
            refusing.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
            Future<?> call = caller.submit(() -> store.get("/x"));
            for (int attempt = 0; attempt < 8; attempt++) {
                refusing.accept().close();
            }
            store.close();
            assertThatThrownBy(call::get).hasCauseInstanceOf(StatusException.class);
        }
    }
}
