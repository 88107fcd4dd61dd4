package io.myriad.apiserver.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Reads what the client of a WebSocket sends, which is to say little: pings are answered, messages dropped, and its wish
 * to close is followed. What breaks the protocol ends the connection with the code that says so.
 */
final class WebSocketReader extends SimpleChannelInboundHandler<WebSocketFrame> {
    /** A frame is read as a whole, although nobody wants it. */
    private static final int MAX_FRAME_BYTES = 64 << 10;

    /** Has a connection speak in WebSocket's frames once its answer 101 has been written. On its event loop. */
    static void install(ChannelHandlerContext reader) {
        ChannelPipeline pipeline = reader.pipeline();
        WebSocketDecoderConfig config = WebSocketDecoderConfig.newBuilder().expectMaskedFrames(true)
                .allowMaskMismatch(false).allowExtensions(false).maxFramePayloadLength(MAX_FRAME_BYTES)
                .closeOnProtocolViolation(true).withUTF8Validator(false).build();
        pipeline.addBefore(reader.name(), null, new WebSocket13FrameEncoder(false))
                .addBefore(reader.name(), null, new WebSocket13FrameDecoder(config))
                .addBefore(reader.name(), null, new WebSocketReader());
        pipeline.remove(HttpServerCodec.class);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case PingWebSocketFrame ping -> {
                // Who does not read its pongs gets no more of them.
                if (ctx.channel().isWritable()) {
                    ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
                }
            }
            case CloseWebSocketFrame close -> ctx
                    .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE.code(), ""))
                    .addListener(ChannelFutureListener.CLOSE);
            default -> {
            }
        }
    }
}
