package io.myriad.apiserver.http;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;

/** Builds a connection's pipeline once TLS has agreed on a protocol. */
final class ProtocolSelector extends ApplicationProtocolNegotiationHandler {
    /** A stream takes this much unsent data before it is not writable, and is writable again below a quarter of it. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);
    private static final int MAX_LINE_BYTES = 16 << 10;
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int CONNECTION_WINDOW_BYTES = 4 << 20;
    private static final Http2StreamFrameToHttpObjectCodec TO_HTTP = new Http2StreamFrameToHttpObjectCodec(true);

    private final HttpListener listener;

    ProtocolSelector(HttpListener listener) {
        super(ApplicationProtocolNames.HTTP_1_1);
        this.listener = listener;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
        ctx.channel().attr(HttpListener.PEER_CERTIFICATES).set(peerCertificates(ctx));
        if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
            configureHttp2(ctx.pipeline());
        } else {
            configureHttp1(ctx);
        }
    }

    private void configureHttp1(ChannelHandlerContext ctx) {
        ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
        ctx.pipeline().addLast(new Http1Timeouts(listener))
                .addLast(new HttpServerCodec(MAX_LINE_BYTES, listener.limits().maxHeadBytes(), CHUNK_BYTES))
                .addLast(new CallReader(listener, false));
    }

    private void configureHttp2(ChannelPipeline pipeline) {
        HttpListener.Limits limits = listener.limits();
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(limits.maxStreams())
                        .initialWindowSize(limits.windowBytes()).maxHeaderListSize(limits.maxHeadBytes()))
                .decoderEnforceMaxRstFramesPerWindow(limits.maxResets(), HttpListener.RESET_WINDOW_SECONDS)
                .gracefulShutdownTimeoutMillis(-1).validateHeaders(true).build();
        pipeline.addLast(codec);
        pipeline.addLast(new Http2KeepAlive(listener, codec.connection()));
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.config().setWriteBufferWaterMark(WATER_MARK);
                stream.pipeline().addLast(TO_HTTP).addLast(new CallReader(listener, true));
            }
        }));
        pipeline.addLast(new Http2Failures(listener));
        enlargeConnectionWindow(codec.connection());
        pipeline.channel().flush();
    }

    /** One large body must not keep the other streams from sending. */
    private void enlargeConnectionWindow(Http2Connection connection) {
        try {
            connection.local().flowController().incrementWindowSize(connection.connectionStream(),
                    CONNECTION_WINDOW_BYTES);
        } catch (Http2Exception failure) {
            listener.connectionFailed(failure);
        }
    }

    private static List<X509Certificate> peerCertificates(ChannelHandlerContext ctx) {
        SslHandler handler = ctx.pipeline().get(SslHandler.class);
        if (handler == null) {
            return List.of();
        }
        SSLSession session = handler.engine().getSession();
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return List.copyOf(chain);
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        listener.connectionFailed(cause);
        ctx.close();
    }
}
