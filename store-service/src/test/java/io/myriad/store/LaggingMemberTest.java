package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** A member that was away for longer than the others' logs go back: it gets a state, and is a member as any other after that. */
final class LaggingMemberTest {

    private static final int MEMBERS = 3;
    private static final int LAGGARD = 2;

    @TempDir
    static Path directory = Path.of("");

    private final List<Integer> peerPorts = List.of(TestStore.freePort(), TestStore.freePort(),
            TestStore.freePort());
    private final List<TestStore> stores = new ArrayList<>();

    LaggingMemberTest() throws IOException {}

    private TestStore start(int member) {
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            cluster.add("m" + i + "=http://127.0.0.1:" + peerPorts.get(i));
        }
        String peer = "http://127.0.0.1:" + peerPorts.get(member);
        return TestStore.start(directory.resolve("m" + member), "--name", "m" + member, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", String.join(",", cluster),
                "--snapshot-count", "20");
    }

    @Test
    void itGetsAStateAndKeepsIt() throws Exception {
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestStore>> started = new ArrayList<>();
            for (int i = 0; i < MEMBERS; i++) {
                int member = i;
                started.add(starters.submit(() -> start(member)));
            }
            for (Future<TestStore> store : started) {
                stores.add(store.get());
            }
        }
        try {
            put(0, 50);
            stores.get(LAGGARD).close();
            put(50, 300);
            long compacted = stores.getFirst().kv().range(Requests.get("key0")).getHeader().getRevision() - 5;
            stores.getFirst().kv().compact(CompactionRequest.newBuilder().setRevision(compacted).build());
            put(300, 350);

            stores.set(LAGGARD, start(LAGGARD));
            checkAll(350);
            assertThat(received()).as("a state that another member sent").isTrue();
            stores.get(LAGGARD).close();
            stores.set(LAGGARD, start(LAGGARD));
            checkAll(350);

            int keys = 350;
            for (; received() && keys < 5000; keys += 10) {
                put(keys, keys + 10);
            }
            assertThat(received()).as("a state that another member sent, behind a checkpoint of its own").isFalse();
            stores.get(LAGGARD).close();
            stores.set(LAGGARD, start(LAGGARD));
            checkAll(keys);
        } finally {
            stores.forEach(TestStore::close);
        }
    }

    private void put(int from, int to) {
        for (int key = from; key < to; key++) {
            stores.getFirst().kv().put(Requests.put("key" + key, "value" + key));
            stores.getFirst().kv().put(Requests.put("counter", Integer.toString(key)));
        }
    }

    /** A member that has just begun may not have heard of the leader yet: it is asked again, after the leader was. */
    private void awaitLeader() {
        for (int attempt = 0;; attempt++) {
            try {
                stores.get(LAGGARD).kv().range(Requests.get("counter"));
                return;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || attempt == 10_000) {
                    throw e;
                }
                stores.getFirst().kv().range(Requests.get("counter"));
            }
        }
    }

    private void checkAll(int keys) {
        awaitLeader();
        for (int key = 0; key < keys; key++) {
            assertThat(stores.get(LAGGARD).kv().range(Requests.get("key" + key)).getKvs(0).getValue())
                    .isEqualTo(Requests.bytes("value" + key));
        }
        var counter = stores.get(LAGGARD).kv().range(Requests.get("counter")).getKvs(0);
        assertThat(counter.getValue()).isEqualTo(Requests.bytes(Integer.toString(keys - 1)));
        assertThat(counter.getVersion()).isEqualTo(keys);
        stores.get(LAGGARD).member().view().checkInvariants();
    }

    private static boolean received() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("m" + LAGGARD + "/raft/snapshot"))) {
            return files.anyMatch(file -> file.getFileName().toString().equals("state"));
        }
    }
}
