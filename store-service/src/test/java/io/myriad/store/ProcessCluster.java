package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.StatusResponse;

/** Three members, each a process with failpoints. */
final class ProcessCluster implements AutoCloseable {

    static final int SIZE = 3;

    final List<StoreProcess> stores = new CopyOnWriteArrayList<>();
    final List<ManagedChannel> channels = new ArrayList<>();
    final List<FailpointClient> failpoints = new ArrayList<>();
    private final Path home;
    private final List<Integer> clientPorts = freePorts();
    private final List<Integer> listenPorts = freePorts();
    private final @Nullable PeerNetwork network;
    private final List<Integer> advertisedPorts;
    private final AtomicInteger next = new AtomicInteger();

    ProcessCluster(Path home) throws Exception {
        this(home, false);
    }

    /** @param network with a network that can be cut between the members */
    ProcessCluster(Path home, boolean network) throws Exception {
        this.home = home;
        this.network = network ? new PeerNetwork(listenPorts, stores) : null;
        this.advertisedPorts = this.network == null ? listenPorts : this.network.ports();
        for (int i = 0; i < SIZE; i++) {
            failpoints.add(new FailpointClient(TestStore.freePort()));
            stores.add(process(i));
            channels.add(channel(clientPorts.get(i)));
        }
        for (StoreProcess store : stores) {
            store.awaitReady();
        }
    }

    PeerNetwork network() {
        return Objects.requireNonNull(network);
    }

    private static List<Integer> freePorts() throws Exception {
        return List.of(TestStore.freePort(), TestStore.freePort(), TestStore.freePort());
    }

    static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().maxInboundMessageSize(1 << 30).build();
    }

    private static String name(int member) {
        return "m" + member;
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private StoreProcess process(int member, String... variables) {
        String members = IntStream.range(0, SIZE).mapToObj(each -> name(each) + "=" + url(advertisedPorts.get(each)))
                .collect(Collectors.joining(","));
        return StoreProcess.start(home.resolveSibling(home.getFileName() + "-" + name(member) + ".log"),
                List.of("--name", name(member), "--data-dir", home.resolve(name(member)).toString(),
                        "--listen-client-urls", url(clientPorts.get(member)), "--listen-peer-urls",
                        url(listenPorts.get(member)), "--initial-advertise-peer-urls", url(advertisedPorts.get(member)),
                        "--initial-cluster", members, "--snapshot-count", "200",
                        "--watch-progress-notify-interval", "100ms"),
                failpoints.get(member).runner(variables));
    }

    /** Starts a member that has ended, with more environment variables ({@code NAME=VALUE}). */
    void start(int member, String... variables) {
        stores.set(member, process(member, variables));
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
    public void close() throws Exception {
        channels.forEach(ManagedChannel::shutdownNow);
        stores.forEach(StoreProcess::close);
        failpoints.forEach(FailpointClient::close);
        if (network != null) {
            network.close();
        }
        for (ManagedChannel each : channels) {
            each.awaitTermination(5, TimeUnit.SECONDS);
        }
    }
}
