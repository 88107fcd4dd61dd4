package io.myriad.store.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** The gRPC servers of a member: one for each listen URL, on shared event loops. */
public final class GrpcEndpoint implements AutoCloseable {

    /** What a message may be larger than the largest request, as etcd's. */
    static final int MESSAGE_OVERHEAD_BYTES = 512 * 1024;

    /** Clients may ping this often, with or without calls; etcd's default. */
    private static final long MIN_KEEPALIVE_SECONDS = 5;
    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final long SHUTDOWN_GRACE_MILLIS = 500;

    private final EventLoopGroup loops;
    private final List<Server> servers = new ArrayList<>();
    private final HealthStatusManager health = new HealthStatusManager();

    /** An address to listen on; {@code ssl} null is plaintext. */
    public record Listen(InetSocketAddress address, @Nullable SslContext ssl) {}

    public GrpcEndpoint(StoreMember member, List<Listen> listens, int eventLoops) throws IOException {
        loops = new MultiThreadIoEventLoopGroup(eventLoops,
                Thread.ofPlatform().name("store-loop-", 0).daemon().factory(), NioIoHandler.newFactory());
        List<ServerServiceDefinition> services = List.of(new KvService(member, this::currentLoop).definition(),
                new WatchService(member).definition(),
                new LeaseService(member, this::currentLoop).definition(), new ClusterService(member).definition(),
                new MaintenanceService(member).definition(), health.getHealthService().bindService());
        try {
            for (Listen listen : listens) {
                NettyServerBuilder builder = NettyServerBuilder.forAddress(listen.address())
                        .channelType(NioServerSocketChannel.class)
                        .bossEventLoopGroup(loops).workerEventLoopGroup(loops).directExecutor().addServices(services)
                        .maxInboundMessageSize(member.settings().maxRequestBytes() + MESSAGE_OVERHEAD_BYTES)
                        .maxInboundMetadataSize(MAX_HEADER_BYTES)
                        .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                        .permitKeepAliveTime(MIN_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                        .permitKeepAliveWithoutCalls(true);
                if (listen.ssl() != null) {
                    builder.sslContext(listen.ssl());
                }
                servers.add(builder.build().start());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Ports that are listened on, in the order of the addresses. */
    public List<Integer> ports() {
        return servers.stream().map(Server::getPort).toList();
    }

    private @Nullable Executor currentLoop() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return null;
    }

    @Override
    public void close() {
        health.enterTerminalState();
        servers.forEach(Server::shutdown);
        try {
            for (Server server : servers) {
                if (!server.awaitTermination(SHUTDOWN_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                    server.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loops.shutdownGracefully(0, SHUTDOWN_GRACE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
