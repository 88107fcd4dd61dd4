package io.myriad.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
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

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().maxInboundMessageSize(1 << 30).build();
    }

    @Test
    void oneMemberKilledAgainAndAgain() throws Exception {
        long seed = 20260815;
        Random random = new Random(seed);
        int port = freePort();
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

    @Disabled("In two of six runs the two members that were left took no write for 60 s, and why is not known yet."
            + " The system tests kill the stores of a cluster of three twenty times.")
    @Test
    void threeMembersKilledInTurn() throws Exception {
        long seed = 20260816;
        Random random = new Random(seed);
        List<String> names = List.of("a", "b", "c");
        List<Integer> clientPorts = List.of(freePort(), freePort(), freePort());
        List<Integer> peerPorts = List.of(freePort(), freePort(), freePort());
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            cluster.add(names.get(i) + "=http://127.0.0.1:" + peerPorts.get(i));
        }
        List<StoreProcess> stores = new ArrayList<>();
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            stores.add(start(i, names, clientPorts, peerPorts, cluster));
            channels.add(channel(clientPorts.get(i)));
        }
        AtomicInteger next = new AtomicInteger();
        try {
            for (StoreProcess store : stores) {
                store.awaitReady();
            }
            try (AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS,
                    () -> (Channel) channels.get(next.getAndIncrement() % 3))) {
                for (int kill = 0; kill < 6; kill++) {
                    writes.awaitMore(100 + random.nextInt(500));
                    int victim = kill % 3;
                    stores.get(victim).kill();
                    writes.awaitMore(100);
                    stores.set(victim, start(victim, names, clientPorts, peerPorts, cluster));
                    stores.get(victim).awaitReady();
                    channels.get(victim).resetConnectBackoff();
                    writes.verify(channels.get(victim));
                }
                // All at once: the votes and logs on disk have to be enough.
                for (StoreProcess store : stores) {
                    store.kill();
                }
                for (int i = 0; i < 3; i++) {
                    stores.set(i, start(i, names, clientPorts, peerPorts, cluster));
                }
                for (int i = 0; i < 3; i++) {
                    stores.get(i).awaitReady();
                    channels.get(i).resetConnectBackoff();
                    writes.verify(channels.get(i));
                }
                writes.awaitMore(100);
            }
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
            stores.forEach(StoreProcess::close);
            for (ManagedChannel each : channels) {
                each.awaitTermination(5, TimeUnit.SECONDS);
            }
        }
    }

    private static StoreProcess start(int index, List<String> names, List<Integer> clientPorts, List<Integer> peerPorts,
            List<String> cluster) {
        String peer = "http://127.0.0.1:" + peerPorts.get(index);
        return StoreProcess.start(directory.resolve(names.get(index) + ".log"),
                List.of("--name", names.get(index), "--data-dir", directory.resolve(names.get(index)).toString(),
                        "--listen-client-urls",
                        "http://127.0.0.1:" + clientPorts.get(index), "--listen-peer-urls", peer,
                        "--initial-advertise-peer-urls", peer,
                        "--initial-cluster", String.join(",", cluster), "--snapshot-count", "200"));
    }
}
