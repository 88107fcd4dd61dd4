package io.myriad.store.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequestHeader;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.ConnectionClosedEventListener;
import com.alipay.sofa.jraft.util.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;

/**
 * How the members of one cluster talk: JRaft's messages and the store's own calls over TCP, with TLS on both sides when so configured. A connection begins with a greeting
 * that names protocol and cluster; a stranger is cut off. Who does not know the cluster yet names cluster 0, and may only ask who its members are.
 *
 * <p>JRaft knows members by their numbers, written as host names; where they are is told with {@link #locate}, and may change.
 *
 * <p>One event loop. JRaft's processors run on its executors; the store's own calls are handled on the event loop and must not block.
 */
public final class PeerTransport implements RpcServer, AutoCloseable {

    /** The one question that may be asked by who does not know the cluster. */
    public static final byte MEMBERS = 4;

    private static final long UNKNOWN_CLUSTER = 0;
    private static final long GREETING = 0x4D59524941440001L;
    private static final int CONNECT_TIMEOUT_MILLIS = 1000;
    private static final int CLOSE_TIMEOUT_MILLIS = 1000;
    private static final int PROCESSOR_THREADS = 4;
    private static final int MAX_WAITING_REQUESTS = 10_000;
    private static final int WRITE_BUFFER_HIGH_BYTES = 8 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(PeerTransport.class);

    private final long clusterId;
    private final @Nullable SslContext clientTls;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1,
            Thread.ofPlatform().name("store-peer-", 0).daemon().factory(),
            NioIoHandler.newFactory());
    private final ExecutorService processors;
    /** All of them: a loop that ends does not close what was accepted, and the other side would wait on it. */
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Map<Endpoint, ChannelFuture> outgoing = new ConcurrentHashMap<>();
    private final Map<Class<?>, RpcProcessor<Object>> byRequest = new ConcurrentHashMap<>();
    private final List<ConnectionClosedEventListener> closedListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Endpoint>> connectListeners = new CopyOnWriteArrayList<>();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final List<Channel> servers = new CopyOnWriteArrayList<>();
    private final Map<Endpoint, InetSocketAddress> addresses = new ConcurrentHashMap<>();
    private volatile @Nullable CallHandler calls;
    private volatile boolean closed;

    /** Answers calls of other members; on an event loop. */
    @FunctionalInterface
    interface CallHandler {
        void handle(byte kind, byte[] body, Consumer<byte[]> answer);
    }

    /** @param clientTls what to connect to other members with; null: plaintext */
    public PeerTransport(long clusterId, @Nullable SslContext clientTls) {
        this.clusterId = clusterId;
        this.clientTls = clientTls;
        ThreadPoolExecutor pool = new ThreadPoolExecutor(PROCESSOR_THREADS, PROCESSOR_THREADS, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_REQUESTS),
                Thread.ofPlatform().name("store-peer-processor-", 0).daemon().factory());
        pool.allowCoreThreadTimeOut(true);
        this.processors = pool;
    }

    /** Says where a member is. A connection to where it was before is closed. Members that were removed are not forgotten: the vote on their removal needs them. */
    public void locate(long memberId, InetSocketAddress address) {
        Endpoint endpoint = RaftGroup.peerOf(memberId).getEndpoint();
        InetSocketAddress before = addresses.put(endpoint, address);
        if (before != null && !before.equals(address)) {
            disconnect(endpoint);
        }
    }

    /** Whether there is a connection to a member; begins to connect otherwise. */
    public boolean isConnected(long memberId) {
        return connection(RaftGroup.peerOf(memberId).getEndpoint(), true) != null;
    }

    /** Listens for other members. */
    public void listen(InetSocketAddress address, @Nullable SslContext serverTls) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true).childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (serverTls != null) {
                            channel.pipeline().addLast(serverTls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new GreetingReader());
                        addConnection(channel);
                    }
                });
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen for members on " + address.getHostString() + ":" + address.getPort()
                    + ": " + bound.cause().getMessage());
        }
        servers.add(bound.channel());
        open.add(bound.channel());
    }

    private PeerConnection addConnection(Channel channel) {
        open.add(channel);
        PeerConnection connection = new PeerConnection(this, channel);
        channel.config().setWriteBufferHighWaterMark(WRITE_BUFFER_HIGH_BYTES);
        channel.pipeline().addLast(
                new LengthFieldBasedFrameDecoder(PeerConnection.MAX_FRAME_BYTES, 0, Integer.BYTES, 0, Integer.BYTES))
                .addLast(connection);
        return connection;
    }

    /** Reads the greeting of a connection that was accepted. */
    private final class GreetingReader extends ChannelInboundHandlerAdapter {
        private @Nullable ByteBuf received;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            ByteBuf all = received == null
                    ? bytes
                    : context.alloc().compositeBuffer().addComponent(true, received).addComponent(true, bytes);
            received = all;
            if (all.readableBytes() < 2 * Long.BYTES) {
                return;
            }
            received = null;
            boolean greeted = all.readLong() == GREETING;
            long cluster = all.readLong();
            if (!greeted || cluster != clusterId && cluster != UNKNOWN_CLUSTER) {
                LOG.warn("{} tried to connect as a member but is not one of this cluster",
                        context.channel().remoteAddress());
                all.release();
                context.close();
                return;
            }
            if (cluster != clusterId) {
                context.pipeline().get(PeerConnection.class).restrictTo(MEMBERS);
            }
            context.pipeline().remove(this);
            context.fireChannelRead(all);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (received != null) {
                received.release();
                received = null;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn("{} failed to connect as a member: {}", context.channel().remoteAddress(), cause.toString());
            context.close();
        }
    }

    /** The connection to a member if there is one; begins to connect otherwise. */
    @Nullable
    PeerConnection connection(Endpoint endpoint, boolean connect) {
        ChannelFuture future = outgoing.get(endpoint);
        if (future == null || future.isDone() && !future.channel().isActive()) {
            InetSocketAddress address = addresses.get(endpoint);
            if (!connect || closed || address == null) {
                return null;
            }
            future = connect(endpoint, address);
        }
        return future.isSuccess() ? future.channel().pipeline().get(PeerConnection.class) : null;
    }

    /** Connects if need be, and hands over the connection; null if there is none to be had. Any thread. */
    void whenConnected(Endpoint endpoint, Consumer<@Nullable PeerConnection> then) {
        PeerConnection existing = connection(endpoint, true);
        ChannelFuture future = outgoing.get(endpoint);
        if (existing != null || future == null) {
            then.accept(existing);
        } else {
            future.addListener(connected -> then.accept(connection(endpoint, false)));
        }
    }

    /** Connects if need be, and waits for it. Not for event loops. */
    @Nullable
    PeerConnection awaitConnection(Endpoint endpoint) {
        PeerConnection existing = connection(endpoint, true);
        if (existing != null) {
            return existing;
        }
        ChannelFuture future = outgoing.get(endpoint);
        if (future != null) {
            future.awaitUninterruptibly(CONNECT_TIMEOUT_MILLIS);
        }
        return connection(endpoint, false);
    }

    private ChannelFuture connect(Endpoint endpoint, InetSocketAddress address) {
        return java.util.Objects.requireNonNull(outgoing.compute(endpoint, (key, existing) -> {
            if (existing != null && (!existing.isDone() || existing.channel().isActive())) {
                return existing;
            }
            Bootstrap bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            if (clientTls != null) {
                                channel.pipeline().addLast(
                                        clientTls.newHandler(channel.alloc(), address.getHostString(),
                                                address.getPort()));
                            }
                            addConnection(channel);
                        }
                    });
            ChannelFuture connecting = bootstrap.connect(address.getHostString(), address.getPort());
            connecting.addListener(result -> {
                if (result.isSuccess()) {
                    Channel channel = connecting.channel();
                    channel.writeAndFlush(
                            channel.alloc().buffer(2 * Long.BYTES).writeLong(GREETING).writeLong(clusterId));
                    processors.execute(() -> connectListeners.forEach(listener -> listener.accept(endpoint)));
                }
            });
            return connecting;
        }));
    }

    void disconnect(Endpoint endpoint) {
        ChannelFuture future = outgoing.remove(endpoint);
        if (future != null) {
            future.channel().close();
        }
    }

    void onConnect(Consumer<Endpoint> listener) {
        connectListeners.add(listener);
    }

    void onCall(CallHandler handler) {
        calls = handler;
    }

    /** A request came in. On the event loop, in the order of sending. */
    void handle(PeerConnection connection, int number, Object request) {
        if (!connection.mayAsk(request)) {
            LOG.warn("{} asked what only members may ask", connection.remoteAddress());
            connection.close();
            return;
        }
        if (request instanceof PeerMessages.Call call) {
            CallHandler handler = calls;
            if (handler != null) {
                handler.handle(call.kind(), call.body(),
                        answer -> connection.respond(number, new PeerMessages.Answer(answer)));
            }
            return;
        }
        if (request instanceof AppendEntriesRequest append && append.getEntriesCount() == 0
                && Failpoint.RAFT_DROP_HEARTBEAT.leavesOut()) {
            return;
        }
        RpcProcessor<Object> processor = byRequest.get(request.getClass());
        if (processor == null) {
            LOG.warn("No processor for {} from {}", request.getClass().getName(), connection.remoteAddress());
            return;
        }
        Context context = new Context(connection, number);
        try {
            executorOf(processor, request).execute(() -> processor.handleRequest(context, request));
        } catch (RejectedExecutionException e) {
            LOG.warn("Too many requests from members wait; one from {} was dropped", connection.remoteAddress());
        }
    }

    private Executor executorOf(RpcProcessor<Object> processor, Object request) {
        Executor executor = null;
        if (processor.executorSelector() != null && request instanceof AppendEntriesRequest append) {
            executor = processor.executorSelector().select(request.getClass().getName(),
                    AppendEntriesRequestHeader.newBuilder()
                            .setGroupId(append.getGroupId()).setPeerId(append.getPeerId())
                            .setServerId(append.getServerId()).build());
        }
        if (executor == null) {
            executor = processor.executor();
        }
        return executor == null ? processors : executor;
    }

    /** Where a processor's response goes. */
    private record Context(PeerConnection connection, int number) implements RpcContext {
        @Override
        public void sendResponse(Object response) {
            connection.respond(number, response);
        }

        @Override
        public Connection getConnection() { return connection; }

        @Override
        public String getRemoteAddress() { return connection.remoteAddress(); }
    }

    void closed(PeerConnection connection) {
        if (!closed) {
            closedListeners.forEach(listener -> listener.onClosed(connection.remoteAddress(), connection));
        }
    }

    void sent(int bytes) {
        sentBytes.add(bytes);
    }

    void received(int bytes) {
        receivedBytes.add(bytes);
    }

    public long sentBytes() {
        return sentBytes.sum();
    }

    public long receivedBytes() {
        return receivedBytes.sum();
    }

    @Override
    public void registerConnectionClosedEventListener(ConnectionClosedEventListener listener) {
        closedListeners.add(listener);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void registerProcessor(RpcProcessor<?> processor) {
        try {
            byRequest.put(Class.forName(processor.interest()), (RpcProcessor<Object>) processor);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("processor of an unknown request", e);
        }
    }

    @Override
    public int boundPort() {
        return servers.isEmpty() ? 0 : ((InetSocketAddress) servers.getFirst().localAddress()).getPort();
    }

    @Override
    public boolean isStarted() { return !servers.isEmpty(); }

    @Override
    public boolean init(Void options) {
        return true;
    }

    @Override
    public void shutdown() {
        close();
    }

    @Override
    public void close() {
        closed = true;
        open.close().awaitUninterruptibly(CLOSE_TIMEOUT_MILLIS);
        loop.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
        processors.shutdown();
    }
}
