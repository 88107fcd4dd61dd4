package io.myriad.apiserver.http;

import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * A streamed body over an HTTP/1.1 connection or an HTTP/2 stream, or the messages of a WebSocket; flushes go to the
 * connection, not to the stream.
 */
final class NettyStream implements ResponseStream {
    /** What pieces and the end become on the wire. */
    enum Form {
        /** Parts of an HTTP body. */
        BODY,
        /** A WebSocket's messages of text, one a piece. */
        TEXT_MESSAGES,
        /** A WebSocket's binary messages, one a piece. */
        BINARY_MESSAGES;

        private Object piece(ByteBuf data) {
            return switch (this) {
                case BODY -> new DefaultHttpContent(data);
                case TEXT_MESSAGES -> new TextWebSocketFrame(data);
                case BINARY_MESSAGES -> new BinaryWebSocketFrame(data);
            };
        }

        private Object end() {
            return this == BODY
                    ? LastHttpContent.EMPTY_LAST_CONTENT
                    : new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE.code(), "");
        }
    }

    private final ChannelHandlerContext context;
    private final Channel connection;
    private final Form form;
    private final Runnable ended;
    private final AtomicBoolean flushing = new AtomicBoolean();
    private volatile boolean closed;
    private boolean over;
    private @Nullable Runnable onWritable;
    private @Nullable Runnable onClosed;

    NettyStream(ChannelHandlerContext context, Channel connection, Form form, Runnable ended) {
        this.context = context;
        this.connection = connection;
        this.form = form;
        this.ended = ended;
    }

    @Override
    public EventLoop loop() {
        return connection.eventLoop();
    }

    @Override
    public boolean writable() {
        return context.channel().isWritable();
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public void write(ByteBuf data) {
        context.write(form.piece(data));
    }

    @Override
    public void write(ByteBuf data, Runnable sent) {
        context.write(form.piece(data)).addListener(done -> sent.run());
    }

    @Override
    public void flush() {
        // A flush from outside is a task of its own: many in a row become one.
        if (connection.eventLoop().inEventLoop()) {
            connection.flush();
        } else if (flushing.compareAndSet(false, true)) {
            connection.eventLoop().execute(() -> {
                flushing.set(false);
                connection.flush();
            });
        }
    }

    @Override
    public void end() {
        context.executor().execute(() -> {
            if (!over) {
                over = true;
                context.writeAndFlush(form.end());
                ended.run();
            }
        });
    }

    @Override
    public void abort() {
        context.executor().execute(() -> {
            if (over) {
                return;
            }
            over = true;
            closed = true;
            if (context.channel() instanceof Http2StreamChannel child) {
                child.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
            }
            context.close();
        });
    }

    @Override
    public Object connection() {
        return connection;
    }

    @Override
    public void onWritable(Runnable action) {
        context.executor().execute(() -> onWritable = action);
    }

    @Override
    public void onClosed(Runnable action) {
        context.executor().execute(() -> {
            if (closed) {
                action.run();
            } else {
                onClosed = action;
            }
        });
    }

    /** The channel takes more again. On the event loop. */
    void becameWritable() {
        if (onWritable != null) {
            onWritable.run();
        }
    }

    /** The client is gone. On the event loop. */
    void lost() {
        if (closed) {
            return;
        }
        closed = true;
        if (!over && onClosed != null) {
            onClosed.run();
        }
    }
}
