package io.myriad.apiserver.http;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Closes HTTP/1.1 connections whose client sends nothing between requests, or a request's head too slowly. Sits before
 * the codec; {@link #requestStarted} and {@link #requestEnded} tell it where a request stands.
 */
final class Http1Timeouts extends ChannelInboundHandlerAdapter {
    private final HttpListener listener;
    private boolean inHead;
    private boolean inRequest;
    private @Nullable Future<?> deadline;

    Http1Timeouts(HttpListener listener) {
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        arm(ctx, listener.limits().idleTimeoutMillis());
    }

    private void arm(ChannelHandlerContext ctx, long millis) {
        disarm();
        deadline = ctx.executor().schedule(() -> {
            if (inHead) {
                listener.refusals().add(Refusals.Reason.HEAD_TIMEOUT);
            }
            ctx.close();
        }, millis, TimeUnit.MILLISECONDS);
    }

    private void disarm() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!inRequest && !inHead) {
            inHead = true;
            arm(ctx, listener.limits().headTimeoutMillis());
        }
        ctx.fireChannelRead(message);
    }

    /** The head of a request is complete; its body has a timeout of its own. */
    void requestStarted() {
        inHead = false;
        inRequest = true;
        disarm();
    }

    /** The answer was written. */
    void requestEnded(ChannelHandlerContext ctx) {
        inRequest = false;
        arm(ctx, listener.limits().idleTimeoutMillis());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        disarm();
    }
}
