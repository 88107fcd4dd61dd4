package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseTimeToLiveRequest;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;

import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.get;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a restart brings back, from the log and from a snapshot; and data directories that are not to be used. */
final class StoreRestartTest {

    @TempDir
    Path directory = Path.of("");

    @Test
    void everythingComesBackFromTheLog() {
        restart(10_000);
    }

    @Test
    void everythingComesBackFromASnapshot() throws Exception {
        restart(20);
        try (Stream<Path> snapshots = Files.list(directory.resolve("data/raft/snapshot"))) {
            assertThat(snapshots.map(each -> each.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("snapshot_"));
        }
    }

    /** When the log is read all entries are one batch, in the middle of which JRaft takes no checkpoint; the next one comes nevertheless. */
    @Test
    void aLogThatIsReadDoesNotEndCheckpoints() throws Exception {
        try (TestStore store = TestStore.start(directory.resolve("data"))) {
            for (int i = 0; i < 50; i++) {
                store.kv().put(put("k", Integer.toString(i)));
            }
        }
        Path checkpoints = directory.resolve("data/raft/snapshot");
        try (TestStore store = TestStore.start(directory.resolve("data"), "--snapshot-count=20")) {
            for (int i = 0; i < 2000 && isEmpty(checkpoints); i++) {
                store.kv().put(put("k", Integer.toString(i)));
            }
        }
        assertThat(isEmpty(checkpoints)).isFalse();
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.noneMatch(each -> each.getFileName().toString().startsWith("snapshot_"));
        }
    }

    private void restart(int snapshotCount) {
        String[] flags = {"--snapshot-count=" + snapshotCount};
        long lease;
        long revision;
        long old;
        try (TestStore store = TestStore.start(directory.resolve("data"), flags)) {
            lease = store.lease().leaseGrant(LeaseGrantRequest.newBuilder().setTTL(900).build()).getID();
            store.kv().put(PutRequest.newBuilder(put("leased", "1")).setLease(lease).build());
            store.kv().put(put("gone", "1"));
            store.kv().deleteRange(delete("gone"));
            for (int i = 0; i < 30; i++) {
                store.kv().put(put("k", Integer.toString(i)));
            }
            old = store.kv().put(put("k", "old")).getHeader().getRevision();
            store.kv().compact(CompactionRequest.newBuilder().setRevision(old).build());
            for (int i = 0; i < 30; i++) {
                store.kv().put(put("k", Integer.toString(i)));
            }
            revision = store.kv().range(get("k")).getHeader().getRevision();
        }
        try (TestStore store = TestStore.start(directory.resolve("data"), flags)) {
            var found = store.kv().range(get("k"));
            assertThat(found.getHeader().getRevision()).isEqualTo(revision);
            assertThat(found.getKvs(0).getVersion()).isEqualTo(61);
            assertThat(found.getKvs(0).getValue()).isEqualTo(Requests.bytes("29"));
            assertThat(store.kv().range(get("gone")).getCount()).isZero();
            assertThat(
                    store.kv().range(RangeRequest.newBuilder(get("k")).setRevision(old).build()).getKvs(0).getValue())
                    .isEqualTo(Requests.bytes("old"));
            assertThatThrownBy(() -> store.kv().range(RangeRequest.newBuilder(get("k")).setRevision(old - 1).build()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("required revision has been compacted");
            assertThat(store.lease()
                    .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).setKeys(true).build())
                    .getKeysList())
                    .containsExactly(Requests.bytes("leased"));
            assertThat(store.kv().put(put("k", "next")).getHeader().getRevision()).isEqualTo(revision + 1);
        }
    }

    @Test
    void aDirectoryInUseOrNotOursIsRefused() throws Exception {
        Path data = directory.resolve("data");
        try (TestStore store = TestStore.start(data)) {
            assertThat(store.port()).isPositive();
            assertThatThrownBy(() -> TestStore.start(data)).isInstanceOf(StoreStartException.class)
                    .hasMessage("data directory " + data + " is in use by another process");
        }
        try (TestStore store = TestStore.start(data, "--initial-cluster-token=other")) {
            assertThat(Long.toHexString(store.member().settings().clusterId())).as("the directory counts")
                    .isEqualTo("cdf818194e3a8c32");
        }
        Path identity = data.resolve("member.properties");
        String text = Files.readString(identity);
        Files.writeString(identity, text.replace("format=3", "format=4"));
        assertThatThrownBy(() -> TestStore.start(data)).isInstanceOf(StoreStartException.class)
                .hasMessage("data directory " + data + " has format 4, this version reads format 3");
        Files.writeString(identity, text);
        try (TestStore store = TestStore.start(data)) {
            assertThat(store.kv().put(put("a", "1")).getHeader().getRevision()).isEqualTo(2);
        }
        Path etcd = Files.createDirectories(directory.resolve("etcd/member/wal"));
        assertThatThrownBy(() -> TestStore.start(directory.resolve("etcd"))).isInstanceOf(StoreStartException.class)
                .hasMessageContaining("written by etcd");
        assertThat(etcd).isDirectory();
        assertThatThrownBy(() -> TestStore.start(directory.resolve("new"), "--initial-cluster-state=existing"))
                .isInstanceOf(StoreStartException.class)
                .hasMessageContaining("cannot fetch cluster info from peer urls");
    }

    @Test
    void aPortInUseIsNamed() {
        try (TestStore store = TestStore.start(directory.resolve("one"))) {
            assertThatThrownBy(() -> StoreApplication.start("--data-dir", directory.resolve("two").toString(),
                    "--listen-client-urls",
                    "http://127.0.0.1:" + store.port())).isInstanceOf(StoreStartException.class)
                    .hasMessageContaining(":" + store.port());
        }
    }
}
