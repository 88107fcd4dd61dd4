package io.myriad.benchmarks.sizes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Sends one GET at a time over HTTP/2 and TLS, reads the answer as fast as it comes and only counts its bytes. Its flow control windows are those of Go's client,
 * so that a server sees what it sees from client-go.
 */
final class ListClient implements AutoCloseable {
    private static final int STREAM_WINDOW_BYTES = 4 << 20;
    private static final int CONNECTION_WINDOW_BYTES = 1 << 30;
    private static final int ANSWER_LIMIT_SECONDS = 120;

    private final URI server;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel connection;

    private ListClient(URI server, SslContext tls) throws InterruptedException {
        this.server = server;
        this.connection = new Bootstrap().group(loops).channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                                .initialSettings(Http2Settings.defaultSettings().pushEnabled(false)
                                        .initialWindowSize(STREAM_WINDOW_BYTES))
                                .build();
                        channel.pipeline().addLast(tls.newHandler(channel.alloc(), server.getHost(), server.getPort()),
                                codec,
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                    }
                }).connect(new InetSocketAddress(server.getHost(), server.getPort())).sync().channel();
        connection.pipeline().get(SslHandler.class).handshakeFuture().sync();
        Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
        connection.eventLoop().submit(() -> {
            try {
                codec.connection().local().flowController().incrementWindowSize(
                        codec.connection().connectionStream(), CONNECTION_WINDOW_BYTES - 65_535);
                connection.flush();
            } catch (Http2Exception e) {
                throw new IllegalStateException(e);
            }
        }).sync();
    }

    /** Connects to the server of a kubeconfig's only cluster, as its only user. */
    static ListClient connect(Path kubeconfig) throws IOException, InterruptedException {
        Map<String, Object> root = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(kubeconfig));
        Map<?, ?> cluster = only(root, "clusters", "cluster");
        Map<?, ?> user = only(root, "users", "user");
        SslContext tls = SslContextBuilder.forClient().sslProvider(SslProvider.OPENSSL)
                .keyManager(pem(user, "client-certificate"), pem(user, "client-key"))
                .trustManager(pem(cluster, "certificate-authority"))
                .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2))
                .build();
        return new ListClient(URI.create(String.valueOf(cluster.get("server"))), tls);
    }

    private static Map<?, ?> only(Map<String, Object> root, String list, String part) throws IOException {
        if (root.get(list) instanceof List<?> entries && entries.size() == 1
                && entries.getFirst() instanceof Map<?, ?> entry && entry.get(part) instanceof Map<?, ?> found) {
            return found;
        }
        throw new IOException("a kubeconfig with one of " + list + " is expected");
    }

    private static InputStream pem(Map<?, ?> part, String key) throws IOException {
        return part.get(key + "-data") instanceof String inline
                ? new ByteArrayInputStream(Base64.getDecoder().decode(inline))
                : Files.newInputStream(Path.of(String.valueOf(part.get(key))));
    }

    /**
     * An answer.
     *
     * @param bytes of its body
     * @param firstByteNanos from the request to the first byte of the body
     * @param nanos from the request to the last byte
     */
    record Answer(long bytes, long firstByteNanos, long nanos) {}

    /**
     * Gets a path.
     *
     * @throws IllegalStateException when the answer is not 200, or there is none
     */
    Answer get(String path, String accept) throws InterruptedException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Channel stream = new Http2StreamChannelBootstrap(connection).handler(new Counter(answer)).open().sync()
                .getNow();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("GET").scheme("https")
                .authority(server.getAuthority()).path(path).add("accept", accept)
                .add("user-agent", "myriad-benchmarks"), true));
        try {
            return answer.get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(server + path, e);
        }
    }

    private static final class Counter extends SimpleChannelInboundHandler<Http2StreamFrame> {
        private final CompletableFuture<Answer> answer;
        private final long start = System.nanoTime();
        private long firstByte;
        private long bytes;

        Counter(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
            switch (frame) {
                case Http2HeadersFrame headers -> {
                    if (headers.headers().status() != null && !"200".contentEquals(headers.headers().status())) {
                        answer.completeExceptionally(new IllegalStateException("answer " + headers.headers().status()));
                    }
                    ended(headers.isEndStream());
                }
                case Http2DataFrame data -> {
                    firstByte = firstByte == 0 ? System.nanoTime() : firstByte;
                    bytes += data.content().readableBytes();
                    ended(data.isEndStream());
                }
                case Http2ResetFrame reset -> answer.completeExceptionally(
                        new IllegalStateException("reset: " + Http2Error.valueOf(reset.errorCode())));
                default -> { // settings, priorities: nothing to count
                }
            }
        }

        private void ended(boolean end) {
            if (end) {
                answer.complete(new Answer(bytes, firstByte - start, System.nanoTime() - start));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.completeExceptionally(new IllegalStateException("the connection ended"));
        }
    }

    @Override
    public void close() {
        connection.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
