package io.myriad.store;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseTimeToLiveRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A disk that takes nothing for five seconds. */
final class StalledDiskTest {

    private static final String STALL = "1*sleep(5000)";
    private static final int WRITERS = 4;

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    /** The others' disks are enough for a write. */
    @Test
    void thatOfTheLeader() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("three"));
                AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, cluster::nextChannel)) {
            writes.awaitMore(50);
            Channel any = cluster.nextChannel();
            long lease = LeaseGrpc.newBlockingStub(any).leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                    .getID();
            KVGrpc.newBlockingStub(any).put(Requests.put("leased", "value").toBuilder().setLease(lease).build());
            FailpointClient leader = cluster.failpoints.get(cluster.leader());
            leader.set("raftBeforeSave", STALL);
            writes.awaitMore(500);
            assertThat(leader.count("raftBeforeSave")).isEqualTo(1);
            leader.set("walBeforeSync", STALL);
            writes.awaitMore(500);
            assertThat(leader.count("walBeforeSync")).isEqualTo(1);
            for (Channel each : cluster.channels) {
                writes.verify(each);
                assertThat(LeaseGrpc.newBlockingStub(each)
                        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build()).getTTL())
                        .isPositive();
                assertThat(KVGrpc.newBlockingStub(each).range(Requests.get("leased")).getCount()).isEqualTo(1);
            }
        }
    }

    /** Nothing is acknowledged that is not on it: neither before it is written, nor before it is forced. */
    @ParameterizedTest
    @ValueSource(strings = {"raftBeforeSave", "walBeforeSync"})
    void theOnlyOne(String moment) throws Exception {
        int port = TestStore.freePort();
        List<String> flags = List.of("--data-dir", directory.resolve(moment).toString(), "--listen-client-urls",
                "http://127.0.0.1:" + port);
        ManagedChannel channel = ProcessCluster.channel(port);
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        try (FailpointClient failpoints = new FailpointClient(TestStore.freePort());
                StoreProcess store = StoreProcess.start(directory.resolve(moment + ".log"), flags,
                        failpoints.runner())) {
            store.awaitReady();
            kv.put(Requests.put("key", "before"));
            failpoints.set(moment, STALL);
            // The failpoint begins with this write, so its clock is the client's.
            assertThatThrownBy(() -> kv.withDeadlineAfter(1, TimeUnit.SECONDS).put(Requests.put("key", "stalled")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .satisfies(e -> assertThat(Status.fromThrowable(e).getCode())
                            .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
            assertThat(kv.range(Requests.get("key")).getKvs(0).getValue()).isEqualTo(Requests.bytes("before"));
            kv.withDeadlineAfter(60, TimeUnit.SECONDS).put(Requests.put("other", "after"));
            assertThat(kv.range(Requests.get("key")).getKvs(0).getValue()).isEqualTo(Requests.bytes("stalled"));
        } finally {
            channel.shutdownNow();
        }
    }
}
