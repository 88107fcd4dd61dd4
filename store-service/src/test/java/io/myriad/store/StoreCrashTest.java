package io.myriad.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseLeasesRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** Real processes, killed with -9 under load: no acknowledged write is lost. */
final class StoreCrashTest {

    private static final int KILLS = 8;
    /** Few, so that they leave a processor to the members that come back. */
    private static final int WRITERS = 4;
    private static final int PAUSES = 6;
    /** Many, so that a leader has entries under way at any time. */
    private static final int PAUSED_WRITERS = 16;

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    @Test
    void oneMemberKilledAgainAndAgain() throws Exception {
        long seed = 20260815;
        Random random = new Random(seed);
        int port = TestStore.freePort();
        // A small number of entries to a snapshot, so that the log is cut many times.
        List<String> flags = List.of("--data-dir", directory.resolve("one").toString(), "--listen-client-urls",
                "http://127.0.0.1:" + port,
                "--snapshot-count", "300");
        StoreProcess store = StoreProcess.start(directory.resolve("one.log"), flags);
        ManagedChannel channel = ProcessCluster.channel(port);
        store.awaitReady();
        long lease = LeaseGrpc.newBlockingStub(channel).withWaitForReady()
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5000).build()).getID();
        try (AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, () -> channel)) {
            for (int kill = 0; kill < KILLS; kill++) {
                writes.awaitMore(20 + random.nextInt(400));
                store.kill();
                store = StoreProcess.start(directory.resolve("one.log"), flags);
                store.awaitReady();
                channel.resetConnectBackoff();
                writes.verify(channel);
            }
            assertThat(LeaseGrpc.newBlockingStub(channel).leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                    .getLeasesList())
                    .anyMatch(each -> each.getID() == lease);
        } finally {
            channel.shutdownNow();
            store.close();
        }
    }

    @Test
    void threeMembersKilledInTurn() throws Exception {
        long seed = 20260816;
        Random random = new Random(seed);
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("killed"));
                AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, cluster::nextChannel)) {
            for (int kill = 0; kill < 6; kill++) {
                writes.awaitMore(100 + random.nextInt(500));
                int victim = kill % ProcessCluster.SIZE;
                cluster.stores.get(victim).kill();
                writes.awaitMore(100);
                cluster.start(victim);
                cluster.awaitReady(victim);
                writes.verify(cluster.channels.get(victim));
            }
            // All at once: the votes and logs on disk have to be enough.
            for (StoreProcess store : cluster.stores) {
                store.kill();
            }
            for (int i = 0; i < ProcessCluster.SIZE; i++) {
                cluster.start(i);
            }
            for (int i = 0; i < ProcessCluster.SIZE; i++) {
                cluster.awaitReady(i);
                writes.verify(cluster.channels.get(i));
            }
            writes.awaitMore(100);
        }
    }

    /**
     * A leader that stands still and comes back has entries under way of which it does not know what became: the next leader
     * may have them or not. None may be lost, and none made twice.
     */
    @Test
    void leadersThatPause() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("paused"));
                AcknowledgedWrites writes = new AcknowledgedWrites(PAUSED_WRITERS, cluster::nextChannel)) {
            for (int pause = 0; pause < PAUSES; pause++) {
                writes.awaitMore(100);
                StoreProcess leader = cluster.stores.get(cluster.leader());
                leader.pause();
                writes.awaitMore(20);
                leader.resume();
            }
            writes.awaitMore(100);
            for (Channel each : cluster.channels) {
                writes.verify(each);
            }
        }
    }
}
