package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.MemberAddRequest;
import io.myriad.store.api.MemberRemoveRequest;
import io.myriad.store.api.StatusRequest;

import static org.assertj.core.api.Assertions.assertThat;

/** A member that dies for good is replaced by a new one, under load and in real processes: no acknowledged write is lost. */
final class MemberReplacementTest {

    private static final int WRITERS = 4;

    @TempDir
    static Path directory = Path.of("");

    private final List<StoreProcess> stores = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Integer> clients = new ArrayList<>();
    private final List<String> peers = new ArrayList<>();

    @BeforeAll
    static void warmUp() throws InterruptedException {
        StoreProcess.warmUp(directory);
    }

    private StoreProcess start(int member, String cluster, String state) {
        String peer = peers.get(member);
        return StoreProcess.start(directory.resolve("m" + member + ".log"),
                List.of("--name", "m" + member, "--data-dir", directory.resolve("m" + member).toString(),
                        "--listen-client-urls", "http://127.0.0.1:" + clients.get(member), "--listen-peer-urls", peer,
                        "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster,
                        "--initial-cluster-state", state, "--snapshot-count", "200"));
    }

    private String cluster(int... members) {
        List<String> parts = new ArrayList<>();
        for (int member : members) {
            parts.add("m" + member + "=" + peers.get(member));
        }
        return String.join(",", parts);
    }

    private long id(int member) {
        return MaintenanceGrpc.newBlockingStub(channels.get(member)).withDeadlineAfter(20, TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance()).getHeader().getMemberId();
    }

    private ClusterGrpc.ClusterBlockingStub members(int member) {
        return ClusterGrpc.newBlockingStub(channels.get(member)).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Test
    void aDeadMemberIsReplaced() throws Exception {
        for (int member = 0; member < 4; member++) {
            clients.add(TestStore.freePort());
            peers.add("http://127.0.0.1:" + TestStore.freePort());
            channels.add(ProcessCluster.channel(clients.get(member)));
        }
        for (int member = 0; member < 3; member++) {
            stores.add(start(member, cluster(0, 1, 2), "new"));
        }
        for (StoreProcess store : stores) {
            store.awaitReady();
        }
        AtomicInteger next = new AtomicInteger();
        try (AcknowledgedWrites writes = new AcknowledgedWrites(WRITERS,
                () -> channels.get(next.getAndIncrement() % 2))) {
            writes.awaitMore(400);
            long dead = id(2);
            stores.get(2).kill();
            writes.awaitMore(20);
            members(0).memberRemove(MemberRemoveRequest.newBuilder().setID(dead).build());
            members(1).memberAdd(MemberAddRequest.newBuilder().addPeerURLs(peers.get(3)).build());
            stores.add(start(3, cluster(0, 1, 3), "existing"));
            stores.get(3).awaitReady();
            writes.awaitMore(100);
            writes.verify(channels.get(3));
            // The one that was dead learns that it is no member any more.
            stores.set(2, start(2, cluster(0, 1, 2), "new"));
            assertThat(stores.get(2).awaitExit()).isEqualTo(1);
            assertThat(stores.get(2).output()).contains("permanently removed from the cluster");
            stores.set(2, start(2, cluster(0, 1, 2), "new"));
            assertThat(stores.get(2).awaitExit()).isEqualTo(1);
            assertThat(stores.get(2).output()).contains("its data directory").doesNotContain("serving");
            // With one of the first three gone, too, the new one's vote is needed.
            stores.get(0).kill();
            next.set(1);
            writes.awaitMore(50);
            writes.verify(channels.get(3));
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
            stores.forEach(StoreProcess::close);
        }
    }
}
