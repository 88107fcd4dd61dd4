package io.myriad.store.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC servers of a member: one for each listen URL, on shared event loops, and for each of these one that only clients
 * in this JVM reach, by the name {@code HOST:PORT}. Those pass messages from thread to thread: no socket, no TLS, no HTTP/2.
 */
public final class GrpcEndpoint implements AutoCloseable {

    /** What a message may be larger than the largest request, as etcd's. */
    static final int MESSAGE_OVERHEAD_BYTES = 512 * 1024;

    private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
    private static final int MAX_HEADER_BYTES = 64 * 1024;
    private static final long SHUTDOWN_GRACE_MILLIS = 500;

    private final EventLoopGroup loops;
    private final List<Server> servers = new ArrayList<>();
    private final List<Server> insiders = new ArrayList<>();
    private final List<Channel> pages = new ArrayList<>();
    private final ManagedChannel gateway;
    private final HealthStatusManager health = new HealthStatusManager();

    /** An address to listen on; {@code ssl} null is plaintext. */
    public record Listen(InetSocketAddress address, @Nullable SslContext ssl) {}

    /**
     * Begins to serve.
     *
     * @param listens where to serve gRPC and the HTTP pages
     * @param metricsListens where to serve the HTTP pages only
     * @param limits what clients may take
     * @param passwords how passwords are hashed
     */
    public GrpcEndpoint(StoreMember member, StoreMetrics metrics, List<Listen> listens, List<Listen> metricsListens,
            int eventLoops, ClientLimits limits, PasswordHashing passwords) throws IOException {
        loops = new MultiThreadIoEventLoopGroup(eventLoops,
                Thread.ofPlatform().name("store-loop-", 0).daemon().factory(), NioIoHandler.newFactory());
        Tokens tokens = switch (member.settings().tokens()) {
            case TokenSettings.Simple simple -> new SimpleTokens(simple.ttlMillis(), System::currentTimeMillis);
            case TokenSettings.Jwt jwt -> JwtTokens.open(jwt, System::currentTimeMillis);
        };
        Identities identities = new Identities(member.machine()::auth, tokens,
                member.settings().clientCertificates());
        LearnerCalls learnerCalls = new LearnerCalls(member.cluster()::isLearner);
        WaitingCalls waiting = new WaitingCalls(member, tokens);
        List<ServerServiceDefinition> services = List.of(new KvService(member, this::currentLoop).definition(),
                new WatchService(member, tokens).definition(),
                new LeaseService(member, tokens, this::currentLoop).definition(),
                new ClusterService(member).definition(),
                new MaintenanceService(member, this::currentLoop).definition(),
                new AuthService(member, tokens, passwords, this::currentLoop).definition(),
                new LockService(waiting).definition(), new ElectionService(waiting).definition(),
                health.getHealthService().bindService()).stream()
                .map(service -> ServerInterceptors.intercept(service, identities, learnerCalls)).toList();
        ClientConnections connections = new ClientConnections(limits, metrics.registry());
        String within = "store-gateway-" + UUID.randomUUID();
        gateway = InProcessChannelBuilder.forName(within).directExecutor()
                .maxInboundMessageSize(Integer.MAX_VALUE).build();
        HttpEndpoint http = new HttpEndpoint(member, metrics, connections, new JsonGateway(gateway));
        try {
            insiders.add(insider(within, services, member, metrics));
            for (Listen listen : metricsListens) {
                pages.add(listenForPages(listen, http, connections));
            }
            for (Listen listen : listens) {
                NettyServerBuilder builder = NettyServerBuilder.forAddress(listen.address())
                        .channelType(NioServerSocketChannel.class)
                        .bossEventLoopGroup(loops).workerEventLoopGroup(loops).directExecutor().addServices(services)
                        .maxInboundMessageSize(member.settings().maxRequestBytes() + MESSAGE_OVERHEAD_BYTES)
                        .maxInboundMetadataSize(MAX_HEADER_BYTES)
                        .initialFlowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                        .maxConcurrentCallsPerConnection(limits.maxCalls())
                        .maxRstFramesPerWindow(limits.maxResets(), ClientLimits.RESET_WINDOW_SECONDS)
                        .addStreamTracerFactory(metrics.tracer())
                        .protocolNegotiator(new SharedPort(http, listen.ssl(), connections));
                keepAlive(builder, limits);
                Server server = builder.build().start();
                servers.add(server);
                insiders.add(
                        insider(listen.address().getHostString() + ":" + server.getPort(), services, member, metrics));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void keepAlive(NettyServerBuilder builder, ClientLimits limits) {
        if (limits.asksSilent()) {
            builder.keepAliveTime(limits.silenceMillis(), TimeUnit.MILLISECONDS)
                    .keepAliveTimeout(limits.silenceTimeoutMillis(), TimeUnit.MILLISECONDS);
        } else {
            builder.keepAliveTime(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        }
        if (limits.pingMillis() > 0) {
            builder.permitKeepAliveTime(limits.pingMillis(), TimeUnit.MILLISECONDS).permitKeepAliveWithoutCalls(true);
        }
    }

    private static Server insider(String name, List<ServerServiceDefinition> services, StoreMember member,
            StoreMetrics metrics) throws IOException {
        return InProcessServerBuilder.forName(name).directExecutor().addServices(services)
                .maxInboundMessageSize(member.settings().maxRequestBytes() + MESSAGE_OVERHEAD_BYTES)
                .addStreamTracerFactory(metrics.tracer()).build().start();
    }

    private Channel listenForPages(Listen listen, HttpEndpoint http, ClientConnections connections)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (!connections.admit(channel)) {
                            return;
                        }
                        if (listen.ssl() != null) {
                            channel.pipeline().addLast(listen.ssl().newHandler(channel.alloc()));
                        }
                        http.addTo(channel.pipeline());
                    }
                }).bind(listen.address()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("Failed to bind to address " + listen.address(), bound.cause());
        }
        return bound.channel();
    }

    /** Ports of the metrics listeners, in the order of the addresses. */
    public List<Integer> metricsPorts() {
        return pages.stream().map(channel -> ((InetSocketAddress) channel.localAddress()).getPort()).toList();
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
        pages.forEach(Channel::close);
        gateway.shutdownNow();
        servers.forEach(Server::shutdown);
        insiders.forEach(Server::shutdownNow);
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
