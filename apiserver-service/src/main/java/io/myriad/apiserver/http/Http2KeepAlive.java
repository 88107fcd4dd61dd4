package io.myriad.apiserver.http;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Notices dead HTTP/2 clients: after a silence the client is pinged, and a connection that stays silent is closed. A
 * connection without streams is closed when it has been idle for long.
 */
final class Http2KeepAlive extends ChannelInboundHandlerAdapter {
    private static final long PING_CONTENT = 0x6d797269_61640001L;

    private final HttpListener listener;
    private final HttpListener.Limits limits;
    private final Http2Connection connection;
    private long lastReadNanos = System.nanoTime();
    private long idleSinceNanos = System.nanoTime();
    private boolean pinged;
    private @Nullable Future<?> check;

    Http2KeepAlive(HttpListener listener, Http2Connection connection) {
        this.listener = listener;
        this.limits = listener.limits();
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        schedule(ctx, limits.keepAliveMillis());
    }

    private void schedule(ChannelHandlerContext ctx, long delayMillis) {
        check = ctx.executor().schedule(() -> check(ctx), delayMillis, TimeUnit.MILLISECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        long now = System.nanoTime();
        if (connection.numActiveStreams() > 0) {
            idleSinceNanos = now;
        } else if (now - idleSinceNanos > TimeUnit.MILLISECONDS.toNanos(limits.idleTimeoutMillis())) {
            ctx.channel().close();
            return;
        }
        long silentMillis = TimeUnit.NANOSECONDS.toMillis(now - lastReadNanos);
        if (pinged && silentMillis >= limits.keepAliveTimeoutMillis()) {
            listener.refusals().add(Refusals.Reason.SILENCE);
            ctx.channel().unsafe().close(ctx.channel().voidPromise());
        } else if (silentMillis >= limits.keepAliveMillis()) {
            pinged = true;
            ctx.writeAndFlush(new DefaultHttp2PingFrame(PING_CONTENT));
            schedule(ctx, limits.keepAliveTimeoutMillis());
        } else {
            schedule(ctx, limits.keepAliveMillis() - silentMillis);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastReadNanos = System.nanoTime();
        pinged = false;
        ctx.fireChannelRead(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        lastReadNanos = System.nanoTime();
        pinged = false;
        ctx.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (check != null) {
            check.cancel(false);
        }
    }
}
