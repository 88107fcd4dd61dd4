package io.myriad.apiserver.http;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * The last handler of an HTTP/2 connection: ends it when its client breaks the protocol or floods it with frames that
 * cost more than they bring. The codec has sent GOAWAY then, but would wait for ever for a client that does not read it.
 */
final class Http2Failures extends ChannelInboundHandlerAdapter {
    private final HttpListener listener;
    private boolean failed;

    Http2Failures(HttpListener listener) {
        this.listener = listener;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (failed) {
            return;
        }
        failed = true;
        Http2Exception broken = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        listener.connectionFailed(broken == null ? cause : broken);
        Channel channel = ctx.channel();
        channel.config().setAutoRead(false);
        ctx.executor().schedule(() -> channel.unsafe().close(channel.voidPromise()), listener.limits().lingerMillis(),
                TimeUnit.MILLISECONDS);
    }
}
