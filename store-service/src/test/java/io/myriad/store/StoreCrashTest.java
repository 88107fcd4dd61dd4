package io.myriad.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseLeasesRequest;
import io.myriad.store.api.LeaseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes, killed with -9 under load: no acknowledged write is lost, no lease ends early, and watchers are told everything once and in order, across kills and compactions.
 */
final class StoreCrashTest {

    /** {@code -Dmyriad.kills=200} for as many as were asked of this store, with one member and with three. */
    private static final int KILLS = Integer.getInteger("myriad.kills", 8);
    private static final long SEED = Long.getLong("myriad.seed", 20260815);
    /** Few, so that they leave a processor to the members that come back. */
    private static final int WRITERS = 4;
    private static final int LEASE_HOLDERS = 4;
    private static final int PAUSES = 6;
    /** Many, so that a leader has entries under way at any time. */
    private static final int PAUSED_WRITERS = 16;
    /** Revisions that a compaction leaves behind what watchers were told. */
    private static final int KEPT_REVISIONS = 50;

    @TempDir
    static Path directory = Path.of("");

    @RegisterExtension
    static final LogsOfFailedTest LOGS = new LogsOfFailedTest(() -> directory);

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    @Test
    void oneMemberKilledAgainAndAgain() throws Exception {
        Random random = new Random(SEED);
        int port = TestStore.freePort();
        // A small number of entries to a snapshot, so that the log is cut many times.
        List<String> flags = List.of("--data-dir", directory.resolve("one").toString(), "--listen-client-urls",
                "http://127.0.0.1:" + port, "--snapshot-count", "300", "--watch-progress-notify-interval", "100ms");
        StoreProcess store = StoreProcess.start(directory.resolve("one.log"), flags);
        ManagedChannel channel = ProcessCluster.channel(port);
        try (Load load = new Load(() -> channel)) {
            store.awaitReady();
            long lease = LeaseGrpc.newBlockingStub(channel).withWaitForReady()
                    .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5000).build()).getID();
            for (int kill = 0; kill < KILLS; kill++) {
                load.writes.awaitMore(20 + random.nextInt(400));
                store.kill();
                store = StoreProcess.start(directory.resolve("one.log"), flags);
                store.awaitReady();
                channel.resetConnectBackoff();
                load.verify(channel, kill);
            }
            load.end(List.of(channel));
            assertThat(LeaseGrpc.newBlockingStub(channel).leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                    .getLeasesList()).extracting(LeaseStatus::getID).containsExactly(lease);
        } finally {
            channel.shutdownNow();
            store.close();
        }
    }

    /** One of them, or all at once: then the votes and logs on disk have to be enough. */
    @Test
    void threeMembersKilled() throws Exception {
        Random random = new Random(SEED + 1);
        try (ProcessCluster cluster = new ProcessCluster(directory.resolve("killed"));
                Load load = new Load(cluster::nextChannel)) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.writes.awaitMore(100 + random.nextInt(500));
                boolean all = kill % 8 == 7;
                List<Integer> victims = all ? List.of(0, 1, 2) : List.of(random.nextInt(ProcessCluster.SIZE));
                for (int victim : victims) {
                    cluster.stores.get(victim).kill();
                }
                if (!all) {
                    load.writes.awaitMore(100);
                }
                for (int victim : victims) {
                    cluster.start(victim);
                }
                for (int victim : victims) {
                    cluster.awaitReady(victim);
                    load.verify(cluster.channels.get(victim), kill);
                }
            }
            load.end(cluster.channels);
        }
    }

    /** Clients that write, hold leases and watch, and what has to be true of what they see. */
    private static final class Load implements AutoCloseable {
        private final AcknowledgedWrites writes;
        private final HeldLeases leases;
        private final List<WatchedHistory> watchers;

        Load(Supplier<Channel> channels) {
            writes = new AcknowledgedWrites(WRITERS, channels);
            leases = new HeldLeases(LEASE_HOLDERS, SEED, channels);
            watchers = List.of(new WatchedHistory(channels, leases::onEvent),
                    new WatchedHistory(channels, leases::onEvent));
        }

        /** After a kill: nothing that was acknowledged is lost, watchers go on, and leases have lasted. */
        void verify(Channel channel, int kill) throws InterruptedException {
            try {
                long revision = writes.verify(channel);
                for (WatchedHistory watcher : watchers) {
                    watcher.await(revision);
                }
                leases.check();
            } catch (AssertionError e) {
                throw new AssertionError("after kill " + kill + " of seed " + SEED, e);
            }
            long told = watchers.stream().mapToLong(WatchedHistory::revision).min().orElseThrow();
            // Its answer may be lost with a member, and it may have been done before.
            KVGrpc.newFutureStub(channel)
                    .compact(CompactionRequest.newBuilder().setRevision(Math.max(1, told - KEPT_REVISIONS)).build())
                    .addListener(() -> {}, Runnable::run);
        }

        /** All is calm: leases run out, and every member has what watchers were told. */
        void end(List<? extends Channel> members) throws InterruptedException {
            writes.awaitMore(100);
            writes.close();
            leases.close();
            leases.awaitEnds(members.getFirst());
            assertThat(leases.ended()).as("leases that were seen to end").isPositive();
            for (Channel member : members) {
                writes.verify(member);
                for (WatchedHistory watcher : watchers) {
                    watcher.verify(member);
                }
            }
            leases.check();
        }

        @Override
        public void close() throws InterruptedException {
            writes.close();
            leases.close();
            for (WatchedHistory watcher : watchers) {
                watcher.close();
            }
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
