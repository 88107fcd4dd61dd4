package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.LeaseGrantRequest;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.LeaseLeasesRequest;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.StatusResponse;

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

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().maxInboundMessageSize(1 << 30).build();
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
        ManagedChannel channel = channel(port);
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
        try (Cluster cluster = new Cluster("killed");
                AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS, cluster::nextChannel)) {
            for (int kill = 0; kill < 6; kill++) {
                writes.awaitMore(100 + random.nextInt(500));
                int victim = kill % Cluster.SIZE;
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
            for (int i = 0; i < Cluster.SIZE; i++) {
                cluster.start(i);
            }
            for (int i = 0; i < Cluster.SIZE; i++) {
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
        try (Cluster cluster = new Cluster("paused");
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

    /** Three members, each a process. */
    private static final class Cluster implements AutoCloseable {
        static final int SIZE = 3;

        final List<StoreProcess> stores = new ArrayList<>();
        final List<ManagedChannel> channels = new ArrayList<>();
        private final Path home;
        private final List<Integer> clientPorts = List.of(TestStore.freePort(), TestStore.freePort(),
                TestStore.freePort());
        private final List<Integer> peerPorts = List.of(TestStore.freePort(), TestStore.freePort(),
                TestStore.freePort());
        private final AtomicInteger next = new AtomicInteger();

        Cluster(String name) throws Exception {
            home = directory.resolve(name);
            for (int i = 0; i < SIZE; i++) {
                stores.add(process(i));
                channels.add(channel(clientPorts.get(i)));
            }
            for (StoreProcess store : stores) {
                store.awaitReady();
            }
        }

        private static String name(int member) {
            return "m" + member;
        }

        private String peerUrl(int member) {
            return "http://127.0.0.1:" + peerPorts.get(member);
        }

        private StoreProcess process(int member) {
            String members = IntStream.range(0, SIZE).mapToObj(each -> name(each) + "=" + peerUrl(each))
                    .collect(Collectors.joining(","));
            return StoreProcess.start(directory.resolve(home.getFileName() + "-" + name(member) + ".log"),
                    List.of("--name", name(member), "--data-dir", home.resolve(name(member)).toString(),
                            "--listen-client-urls", "http://127.0.0.1:" + clientPorts.get(member),
                            "--listen-peer-urls", peerUrl(member), "--initial-advertise-peer-urls", peerUrl(member),
                            "--initial-cluster", members, "--snapshot-count", "200"));
        }

        void start(int member) {
            stores.set(member, process(member));
        }

        void awaitReady(int member) throws InterruptedException {
            stores.get(member).awaitReady();
            channels.get(member).resetConnectBackoff();
        }

        Channel nextChannel() {
            return channels.get(next.getAndIncrement() % SIZE);
        }

        /** The member that leads, as it says itself. */
        int leader() throws InterruptedException {
            while (true) {
                for (int i = 0; i < SIZE; i++) {
                    StatusResponse status = MaintenanceGrpc.newBlockingStub(channels.get(i))
                            .withDeadlineAfter(20, TimeUnit.SECONDS).status(StatusRequest.getDefaultInstance());
                    if (status.getLeader() == status.getHeader().getMemberId()) {
                        return i;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        @Override
        public void close() throws InterruptedException {
            channels.forEach(ManagedChannel::shutdownNow);
            stores.forEach(StoreProcess::close);
            for (ManagedChannel each : channels) {
                each.awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }
}
