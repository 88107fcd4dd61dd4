package io.myriad.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.LeaseGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.server.StoreMember;

/** A store in this process, on free ports, with a client. */
final class TestStore implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final ManagedChannel channel;

    private TestStore(ConfigurableApplicationContext context) {
        this.context = context;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext().maxInboundMessageSize(1 << 30)
                .build();
    }

    /** Starts a store of one member that listens in plaintext. */
    static TestStore start(Path directory, String... flags) {
        return start(StoreService.LEASE_CHECKPOINT_INTERVAL, directory, flags);
    }

    /** As that, with another time between checkpoints of leases, if there are any. */
    static TestStore start(Duration leaseCheckpointInterval, Path directory, String... flags) {
        List<String> arguments = new ArrayList<>(
                List.of("--data-dir", directory.toString(), "--listen-client-urls", "http://127.0.0.1:0"));
        arguments.addAll(List.of(flags));
        return new TestStore(StoreApplication.start(leaseCheckpointInterval, arguments.toArray(new String[0])));
    }

    /** Starts a store of three members; each has a directory of its own. */
    static List<TestStore> startThree(Path directory, String... flags) throws Exception {
        return startThree(StoreService.LEASE_CHECKPOINT_INTERVAL, directory, flags);
    }

    /** As that, with another time between checkpoints of leases, if there are any. */
    static List<TestStore> startThree(Duration leaseCheckpointInterval, Path directory, String... flags)
            throws Exception {
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            peers.add("http://127.0.0.1:" + freePort());
        }
        String cluster = "m0=" + peers.get(0) + ",m1=" + peers.get(1) + ",m2=" + peers.get(2);
        // Together: each waits for the others.
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<TestStore>> starts = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                String name = "m" + i;
                List<String> arguments = new ArrayList<>(
                        List.of("--name", name, "--listen-peer-urls", peers.get(i), "--initial-advertise-peer-urls",
                                peers.get(i), "--initial-cluster", cluster));
                arguments.addAll(List.of(flags));
                starts.add(() -> start(leaseCheckpointInterval, directory.resolve(name),
                        arguments.toArray(new String[0])));
            }
            List<TestStore> stores = new ArrayList<>();
            for (Future<TestStore> started : starters.invokeAll(starts)) {
                stores.add(started.get());
            }
            return stores;
        }
    }

    /** A port that is free now, for what has to be known before it is listened on. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return context.getBean(StoreService.class).clientPorts().getFirst();
    }

    StoreMember member() {
        return Objects.requireNonNull(context.getBean(StoreService.class).member());
    }

    ManagedChannel channel() {
        return channel;
    }

    KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    LeaseGrpc.LeaseBlockingStub lease() {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        context.close();
    }
}
