package io.myriad.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        List<String> arguments = new ArrayList<>(
                List.of("--data-dir", directory.toString(), "--listen-client-urls", "http://127.0.0.1:0"));
        arguments.addAll(List.of(flags));
        return new TestStore(StoreApplication.start(arguments.toArray(new String[0])));
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
