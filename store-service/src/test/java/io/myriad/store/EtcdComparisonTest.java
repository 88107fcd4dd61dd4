package io.myriad.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.HashKVRequest;
import io.myriad.store.api.HashKVResponse;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.TxnRequest;

import static io.myriad.store.Requests.delete;
import static io.myriad.store.Requests.op;
import static io.myriad.store.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;

/** The same history in a real etcd and here: the checksums must be the same number, at every revision, before and after compactions. */
@Tag("peers")
final class EtcdComparisonTest {

    private static final int OPERATIONS = 300;

    @TempDir
    Path directory = Path.of("");

    private static Path program() {
        String peers = System.getenv("MYRIAD_PEERS");
        return (peers == null ? Path.of(System.getProperty("user.home"), ".cache", "myriad-peers") : Path.of(peers))
                .resolve("bin").resolve("etcd");
    }

    private Process start(int port) throws IOException {
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + TestStore.freePort();
        return new ProcessBuilder(program().toString(), "--data-dir", directory.resolve("etcd").toString(),
                "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer)
                .redirectErrorStream(true).redirectOutput(directory.resolve("etcd.log").toFile()).start();
    }

    @Test
    void checksumsOfARandomHistory() throws Exception {
        long seed = System.nanoTime();
        int port = TestStore.freePort();
        Process etcd = start(port);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try (TestStore store = TestStore.start(directory.resolve("store"))) {
            KVGrpc.KVBlockingStub real = KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(120,
                    TimeUnit.SECONDS);
            MaintenanceGrpc.MaintenanceBlockingStub hashes = MaintenanceGrpc.newBlockingStub(channel);
            Random random = new Random(seed);
            long compacted = 0;
            for (int i = 0; i < OPERATIONS; i++) {
                long revision = step(random, real, store.kv(), i);
                if (random.nextInt(40) == 0 && revision - compacted > 10) {
                    compacted += 1 + random.nextInt((int) (revision - compacted));
                    CompactionRequest compact = CompactionRequest.newBuilder().setRevision(compacted)
                            .setPhysical(true).build();
                    real.compact(compact);
                    store.kv().compact(compact);
                }
                long at = compacted + 1 + random.nextInt((int) Math.max(1, revision - compacted));
                if (at <= revision) {
                    HashKVRequest request = HashKVRequest.newBuilder().setRevision(at).build();
                    HashKVResponse expected = hashes.hashKV(request);
                    HashKVResponse actual = store.maintenance().hashKV(request);
                    assertThat(actual.getHash()).as("seed %s, operation %s, revision %s of %s, compacted at %s", seed,
                            i, at, revision, compacted).isEqualTo(expected.getHash());
                    assertThat(actual.getCompactRevision()).isEqualTo(expected.getCompactRevision());
                    assertThat(actual.getHashRevision()).isEqualTo(expected.getHashRevision());
                }
            }
        } finally {
            channel.shutdownNow();
            etcd.destroy();
            etcd.waitFor(20, TimeUnit.SECONDS);
        }
    }

    /** Does one thing in both and returns the revision that both must have. */
    private static long step(Random random, KVGrpc.KVBlockingStub real, KVGrpc.KVBlockingStub ours, int number) {
        String key = "k" + random.nextInt(12);
        long expected;
        long actual;
        switch (random.nextInt(4)) {
            case 0 -> {
                DeleteRangeRequest request = delete(key, "k" + random.nextInt(12));
                expected = real.deleteRange(request).getHeader().getRevision();
                actual = ours.deleteRange(request).getHeader().getRevision();
            }
            case 1 -> {
                TxnRequest request = TxnRequest.newBuilder().addSuccess(op(put(key, "t" + number)))
                        .addSuccess(op(put("other", ""))).addSuccess(op(delete("x" + key))).build();
                expected = real.txn(request).getHeader().getRevision();
                actual = ours.txn(request).getHeader().getRevision();
            }
            default -> {
                expected = real.put(put(key, "v" + number)).getHeader().getRevision();
                actual = ours.put(put(key, "v" + number)).getHeader().getRevision();
            }
        }
        assertThat(actual).isEqualTo(expected);
        return actual;
    }
}
