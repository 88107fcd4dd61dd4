package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A network that carries nothing any more and says so to nobody, between one member and the two others. */
final class PartitionTest {

    private static final int WRITERS = 4;
    private static final int STANDSTILLS = 2;
    private static final int READS = 50;

    @TempDir
    static Path directory = Path.of("");

    @RegisterExtension
    static final LogsOfFailedTest LOGS = new LogsOfFailedTest(() -> directory);

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    @Test
    void aLeaderIsCutOff() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("leader"), true)) {
            cutOff(cluster, cluster.leader());
        }
    }

    @Test
    void aFollowerIsCutOff() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("follower"), true)) {
            cutOff(cluster, (cluster.leader() + 1) % ProcessCluster.SIZE);
        }
    }

    /** A leader that stood still wakes up and takes itself for one: what it is asked then it may not answer from what it had. */
    @Test
    void aLeaderThatStoodStillReadsNothingOld() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("still"))) {
            for (int round = 0; round < STANDSTILLS; round++) {
                int leader = cluster.leader();
                Channel still = cluster.channels.get(leader);
                Channel other = cluster.channels.get((leader + 1) % ProcessCluster.SIZE);
                putInTheEnd(still, "before");
                cluster.stores.get(leader).pause();
                String after = "after " + round;
                putInTheEnd(other, after);
                List<ListenableFuture<RangeResponse>> reads = new ArrayList<>();
                for (int i = 0; i < READS; i++) {
                    reads.add(kv(still).range(Requests.get("key")));
                }
                cluster.stores.get(leader).resume();
                for (ListenableFuture<RangeResponse> read : reads) {
                    try {
                        assertThat(read.get().getKvs(0).getValue()).isEqualTo(Requests.bytes(after));
                    } catch (ExecutionException e) {
                        // Refused, because it knows by then that it does not lead.
                        assertThat(e).hasCauseInstanceOf(StatusRuntimeException.class);
                    }
                }
                awaitValue(still, after);
            }
        }
    }

    private static KVGrpc.KVFutureStub kv(Channel channel) {
        return KVGrpc.newFutureStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private static void cutOff(ProcessCluster cluster, int one) throws Exception {
        Channel alone = cluster.channels.get(one);
        List<Channel> others = cluster.channels.stream().filter(each -> each != alone).map(Channel.class::cast)
                .toList();
        kv(alone).put(Requests.put("key", "before")).get();
        try (WatchedHistory watcher = new WatchedHistory(() -> alone, event -> {});
                AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS,
                        () -> others.get((int) (System.nanoTime() & 1)))) {
            writes.awaitMore(50);
            cluster.network().isolate(one);
            List<ListenableFuture<?>> refused = List.of(kv(alone).put(Requests.put("lost", "value")),
                    kv(alone).put(Requests.put("key", "lost")), kv(alone).range(Requests.get("key")));
            putInTheEnd(others.getFirst(), "after");
            writes.awaitMore(100);
            assertThat(serializable(alone).getKvs(0).getValue()).isEqualTo(Requests.bytes("before"));
            for (ListenableFuture<?> each : refused) {
                assertThatThrownBy(each::get).isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(StatusRuntimeException.class);
            }
            cluster.network().heal();
            writes.awaitMore(50);
            writes.close();
            for (Channel each : cluster.channels) {
                awaitValue(each, "after");
            }
            putInTheEnd(alone, "healed");
            for (Channel each : cluster.channels) {
                awaitValue(each, "healed");
                // Who watched the member that was cut off was told the same history, and nothing twice.
                watcher.verify(each);
            }
        }
        assertThat(cluster.stores).allMatch(StoreProcess::isAlive);
    }

    /** What is under way to a leader that is cut off has an uncertain end, as with etcd; the two others find another one. */
    private static void putInTheEnd(Channel channel, String value) throws Exception {
        for (int attempt = 0;; attempt++) {
            try {
                kv(channel).put(Requests.put("key", value)).get();
                return;
            } catch (ExecutionException e) {
                assertThat(attempt).as(e.toString()).isLessThan(5);
            }
        }
    }

    private static RangeResponse serializable(Channel channel) throws Exception {
        return kv(channel).range(Requests.get("key").toBuilder().setSerializable(true).build()).get();
    }

    /** It may be refused as long as the member finds nobody; but what is served is the newest. */
    private static void awaitValue(Channel channel, String value) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                assertThat(kv(channel).range(Requests.get("key")).get().getKvs(0).getValue())
                        .isEqualTo(Requests.bytes(value));
                return;
            } catch (ExecutionException e) {
                assertThat(System.nanoTime()).as(e.toString()).isLessThan(deadline);
            }
        }
    }
}
