package io.myriad.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void nothingIsLostOrWrittenTwice() throws Exception {
        List<TestStore> stores = startThree();
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

    private static List<TestStore> startThree() throws Exception {
        List<Integer> peerPorts = List.of(freePort(), freePort(), freePort());
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < peerPorts.size(); i++) {
            cluster.add("m" + i + "=http://127.0.0.1:" + peerPorts.get(i));
        }
        // Together: each waits for the others.
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<TestStore>> starts = new ArrayList<>();
            for (int i = 0; i < peerPorts.size(); i++) {
                String name = "m" + i;
                String peer = "http://127.0.0.1:" + peerPorts.get(i);
                starts.add(() -> TestStore.start(directory.resolve(name), "--name", name, "--listen-peer-urls", peer,
                        "--initial-advertise-peer-urls", peer, "--initial-cluster", String.join(",", cluster)));
            }
            List<TestStore> stores = new ArrayList<>();
            for (Future<TestStore> started : starters.invokeAll(starts)) {
                stores.add(started.get());
            }
            return stores;
        }
    }
}
