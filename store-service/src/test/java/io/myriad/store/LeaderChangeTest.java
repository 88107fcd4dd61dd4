package io.myriad.store;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leadership that goes round among three members under load: nothing acknowledged is lost, and nothing is written twice. */
final class LeaderChangeTest {

    private static final int CHANGES = 30;
    private static final int WRITERS = 8;

    @TempDir
    static Path directory = Path.of("");

    @Test
    void nothingIsLostOrWrittenTwice() throws Exception {
        List<TestStore> stores = TestStore.startThree(directory);
        AtomicInteger next = new AtomicInteger();
        try (AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS,
                () -> (Channel) stores.get(next.getAndIncrement() % stores.size()).channel())) {
            for (int change = 0; change < CHANGES; change++) {
                writes.awaitMore(40);
                TestStore to = stores.get(change % stores.size());
                for (TestStore store : stores) {
                    if (store != to && store.member().log().leadership().local()) {
                        store.member().log().transferLeadership(to.member().settings().self().id());
                    }
                }
            }
            writes.awaitMore(100);
            for (TestStore store : stores) {
                writes.verify(store.channel());
            }
        } finally {
            stores.forEach(TestStore::close);
        }
    }
}
