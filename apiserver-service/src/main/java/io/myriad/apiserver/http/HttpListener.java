package io.myriad.apiserver.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTPS server: one listening socket, HTTP/2 and HTTP/1.1 by ALPN, client certificates asked for but not demanded.
 * Event loops read requests and write answers; each request is handled on a virtual thread of its own.
 *
 * <p>Raw Netty rather than a framework on it: one event that goes to thousands of watches is written to all streams of a
 * connection and flushed once, which took 3 to 20 times less time than a flush a stream, and a stream costs less than
 * half the memory.
 */
public final class HttpListener implements AutoCloseable {
    /**
     * Limits of the listener.
     *
     * @param maxConnections open connections; one more is closed at once
     * @param maxHandshakes connections among them whose TLS handshake has not ended
     * @param maxHeadBytes the largest head of a request
     * @param maxBodyBytes the largest request body
     * @param maxUnfinishedBodyBytes memory for the bodies that are still arriving, of all requests together
     * @param maxStreams concurrent streams of an HTTP/2 connection
     * @param maxResets streams that an HTTP/2 client may reset within {@link #RESET_WINDOW_SECONDS}
     * @param windowBytes what a client may send on a stream before the server has read it
     * @param tlsTimeoutMillis from the connection to the end of the TLS handshake
     * @param headTimeoutMillis from the first byte of a request to the end of its head
     * @param bodyTimeoutMillis from the head to the end of the body
     * @param idleTimeoutMillis how long a connection without a request is kept
     * @param keepAliveMillis after how long a silence an HTTP/2 client is asked whether it is still there
     * @param keepAliveTimeoutMillis how long it may take to answer
     * @param lingerMillis how long the rest of a refused request is read, and a client that breaks the protocol is given
     *     to read why
     * @param takeTimeoutMillis how long the end of an answer waits for a client that does not read
     * @param tooLargeBody the answer to an API request that is too large
     */
    public record Limits(int maxConnections, int maxHandshakes, int maxHeadBytes, int maxBodyBytes,
            long maxUnfinishedBodyBytes, int maxStreams, int maxResets, int windowBytes, long tlsTimeoutMillis,
            long headTimeoutMillis, long bodyTimeoutMillis, long idleTimeoutMillis, long keepAliveMillis,
            long keepAliveTimeoutMillis, long lingerMillis, long takeTimeoutMillis, String tooLargeBody) {
        /** Upstream's limits, where it has them. */
        public static Limits standard(int maxStreams) {
            // Resets: clients end watches by resetting streams, an informer each, far more often than Netty's default permits.
            return new Limits(40_000, 10_000, 1 << 20, 3 << 20,
                    Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8), maxStreams, 20_000, 256 << 10, 10_000,
                    32_000, 60_000, 90_000, 30_000, 15_000, 500, 60_000,
                    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":"
                            + "\"Request entity too large: limit is 3145728\",\"reason\":\"RequestEntityTooLarge\","
                            + "\"code\":413}\n");
        }
    }

    /** Over how long an HTTP/2 client's resets are counted. */
    static final int RESET_WINDOW_SECONDS = 30;

    static final AttributeKey<List<X509Certificate>> PEER_CERTIFICATES = AttributeKey
            .valueOf(HttpListener.class, "peer-certificates");

    private static final Logger log = LoggerFactory.getLogger(HttpListener.class);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final Limits limits;
    private final SslContext tls;
    private final CallHandler handler;
    private final InstantSource clock;
    private final EventLoopGroup loops;
    private final ExecutorService callThreads;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Set<LocalAnswer> localAnswers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger callsInFlight = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger handshakes = new AtomicInteger();
    private final AtomicLong unfinishedBodyBytes = new AtomicLong();
    private final Refusals refusals = new Refusals();
    private volatile boolean draining;
    private volatile Channel listening;
    private volatile CachedDate date = new CachedDate(-1, "");

    private record CachedDate(long second, String text) {}

    private HttpListener(Limits limits, SslContext tls, CallHandler handler, InstantSource clock,
            InetSocketAddress address) throws IOException {
        this.limits = limits;
        this.tls = tls;
        this.handler = handler;
        this.clock = clock;
        this.loops = new MultiThreadIoEventLoopGroup(Math.max(2, Runtime.getRuntime().availableProcessors()),
                new DefaultThreadFactory("apiserver-io", true), NioIoHandler.newFactory());
        this.callThreads = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("apiserver-call-", 0).factory());
        try {
            this.listening = bind(address);
        } catch (IOException | RuntimeException failure) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            callThreads.shutdown();
            throw failure;
        }
    }

    /**
     * Binds and begins to accept.
     *
     * @throws IOException when the address cannot be bound
     */
    public static HttpListener start(InetSocketAddress address, SslContext tls, Limits limits, CallHandler handler,
            InstantSource clock) throws IOException {
        HttpListener listener = new HttpListener(limits, tls, handler, clock, address);
        LocalCalls.opened(listener);
        return listener;
    }

    private Channel bind(InetSocketAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096).option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true).childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        try {
            return bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (Exception failure) {
            if (failure instanceof IOException io) {
                throw new IOException("cannot listen on " + address.getAddress().getHostAddress() + ":"
                        + address.getPort() + ": " + io.getMessage(), io);
            }
            throw failure;
        }
    }

    private void accept(SocketChannel channel) {
        int others = open.getAndIncrement();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (others >= limits.maxConnections()) {
            refusals.add(Refusals.Reason.CONNECTIONS);
            channel.close();
            return;
        }
        if (handshakes.get() >= limits.maxHandshakes()) {
            refusals.add(Refusals.Reason.HANDSHAKES);
            channel.close();
            return;
        }
        handshakes.incrementAndGet();
        connections.add(channel);
        SslHandler handler = tls.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(limits.tlsTimeoutMillis());
        handler.handshakeFuture().addListener(ended -> {
            handshakes.decrementAndGet();
            if (!ended.isSuccess()) {
                handshakeFailed(channel, ended.cause());
            }
        });
        channel.pipeline().addLast(handler).addLast(new ProtocolSelector(this));
    }

    /** The port that is listened on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** How many connections are open. */
    public int connectionCount() {
        return open.get();
    }

    /** How many of them are in their TLS handshake. */
    public int handshakeCount() {
        return handshakes.get();
    }

    /** What the bodies take that are still arriving, in bytes. */
    public long unfinishedBodyBytes() {
        return unfinishedBodyBytes.get();
    }

    /** What was not taken from clients. */
    public Refusals refusals() {
        return refusals;
    }

    /** Takes memory for a body; false when there is none left. What was taken is to be given back. */
    boolean takeBodyBytes(int bytes) {
        if (unfinishedBodyBytes.addAndGet(bytes) <= limits.maxUnfinishedBodyBytes()) {
            return true;
        }
        unfinishedBodyBytes.addAndGet(-bytes);
        return false;
    }

    void giveBodyBytes(int bytes) {
        unfinishedBodyBytes.addAndGet(-bytes);
    }

    Limits limits() {
        return limits;
    }

    boolean draining() {
        return draining;
    }

    String date() {
        long second = clock.millis() / 1000;
        CachedDate cached = date;
        if (cached.second() != second) {
            cached = new CachedDate(second, HTTP_DATE.format(clock.instant()));
            date = cached;
        }
        return cached.text();
    }

    void dispatch(HttpCall call) {
        callsInFlight.incrementAndGet();
        callThreads.execute(() -> {
            try {
                handler.handle(call);
            } catch (Throwable failure) {
                log.error("The handler of {} {} failed", call.method(), call.path(), failure);
                if (!call.answered()) {
                    call.respond(500, new byte[0]);
                }
            } finally {
                callsInFlight.decrementAndGet();
            }
        });
    }

    /** An event loop for an answer that has no connection. */
    EventLoop nextLoop() {
        return loops.next();
    }

    /** Runs something on a thread of its own. */
    void onCallThread(Runnable task) {
        callThreads.execute(task);
    }

    /** An answer to a client in this JVM has begun; it ends when the listener closes, if not before. */
    void remember(LocalAnswer answer) {
        localAnswers.add(answer);
    }

    void forget(LocalAnswer answer) {
        localAnswers.remove(answer);
    }

    void connectionFailed(Throwable cause) {
        if (cause instanceof Http2Exception || cause instanceof CorruptedWebSocketFrameException) {
            refusals.add(Refusals.Reason.PROTOCOL);
        }
        if (cause instanceof ClosedChannelException || cause instanceof IOException
                || cause instanceof DecoderException || cause instanceof Http2Exception) {
            log.debug("A connection broke: {}", cause.toString());
        } else {
            log.warn("A connection failed: {}", cause.toString());
        }
    }

    private void handshakeFailed(Channel channel, Throwable cause) {
        if (cause instanceof SSLException) {
            refusals.add(cause instanceof SslHandshakeTimeoutException
                    ? Refusals.Reason.TLS_TIMEOUT
                    : Refusals.Reason.TLS_FAILED);
            log.debug("A TLS handshake with {} failed: {}", channel.remoteAddress(), cause.toString());
        } else {
            connectionFailed(cause);
        }
    }

    /** Tells an HTTP/2 client to open another connection for new requests. */
    void goAway(Channel connection) {
        // The codec's close is graceful: GOAWAY first, the socket when the last stream has ended.
        connection.close();
    }

    /**
     * Stops in good order: no new connections, clients are told to go elsewhere, requests under way may finish.
     *
     * @param patience how long they may take
     */
    public void drain(Duration patience) {
        draining = true;
        LocalCalls.closed(this);
        listening.close().awaitUninterruptibly();
        for (Channel connection : connections) {
            if (connection.pipeline().get(Http2KeepAlive.class) != null) {
                goAway(connection);
            }
        }
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (callsInFlight.get() > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes every connection and ends the threads. */
    @Override
    public void close() {
        draining = true;
        LocalCalls.closed(this);
        localAnswers.forEach(LocalAnswer::broke);
        listening.close().awaitUninterruptibly();
        for (Channel connection : connections) {
            // Past the codec, whose own close would wait for open streams.
            connection.eventLoop().execute(() -> connection.unsafe().close(connection.voidPromise()));
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
        callThreads.shutdownNow();
    }
}
