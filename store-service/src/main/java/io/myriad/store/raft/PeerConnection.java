package io.myriad.store.raft;

import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection between two members. Frames (behind a four-byte length): kind, request number (4 bytes), message number, message. The side that connected asks, the other
 * answers; requests are handled in the order in which they were sent.
 */
final class PeerConnection extends SimpleChannelInboundHandler<ByteBuf> implements Connection {

    /** Largest frame: an append request with a full entry, or a chunk of a snapshot, and room. */
    static final int MAX_FRAME_BYTES = 16 << 20;

    static final int FRAME_HEADER_BYTES = 1 + 4 + 1;
    /**
     * A connection on which nothing came for so long while an answer was waited for is closed, as etcd does: packets that were lost in a partition are sent again at
     * intervals that double, so that an old connection may stay silent for minutes after the partition has ended.
     */
    private static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final byte REQUEST = 0;
    private static final byte RESPONSE = 1;
    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);

    private final PeerTransport transport;
    private final Channel channel;
    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final AtomicInteger nextRequest = new AtomicInteger();
    /** When something came, or the connection was made. The event loop. */
    private long heardNanos = System.nanoTime();
    /** What the other side may ask; 0: everything. The event loop. */
    private byte onlyKind;

    private record Pending(InvokeCallback callback, ScheduledFuture<?> timeout) {}

    PeerConnection(PeerTransport transport, Channel channel) {
        this.transport = transport;
        this.channel = channel;
    }

    /** From now on only this is answered. The event loop. */
    void restrictTo(byte kind) {
        onlyKind = kind;
    }

    boolean mayAsk(Object request) {
        return onlyKind == 0 || request instanceof PeerMessages.Call call && call.kind() == onlyKind;
    }

    boolean isActive() { return channel.isActive(); }

    boolean isWritable() { return channel.isActive() && channel.isWritable(); }

    String remoteAddress() {
        return String.valueOf(channel.remoteAddress());
    }

    /** Sends a request; the callback comes once, on its executor. */
    void request(Object message, InvokeCallback callback, long timeoutMillis) {
        int number = nextRequest.getAndIncrement();
        ScheduledFuture<?> timeout = channel.eventLoop().schedule(() -> {
            if (pending.remove(number) != null) {
                complete(callback, null, new InvokeTimeoutException(
                        "no answer from " + remoteAddress() + " in " + timeoutMillis + " ms"));
                closeIfSilent();
            }
        }, timeoutMillis, TimeUnit.MILLISECONDS);
        pending.put(number, new Pending(callback, timeout));
        channel.writeAndFlush(frame(REQUEST, number, message)).addListener(future -> {
            if (!future.isSuccess()) {
                fail(number, future.cause());
            }
        });
        if (!channel.isActive()) {
            fail(number, new ClosedChannelException());
        }
    }

    /** Asks one of the store's own questions; the answer is null if there was none, and comes on an event loop. */
    void ask(byte kind, byte[] body, Consumer<byte @Nullable []> answer, long timeoutMillis) {
        request(new PeerMessages.Call(kind, body), new InvokeCallback() {
            @Override
            public void complete(@Nullable Object result, @Nullable Throwable error) {
                answer.accept(result instanceof PeerMessages.Answer given ? given.body() : null);
            }

            @Override
            public @Nullable Executor executor() {
                return null;
            }
        }, timeoutMillis);
    }

    private void closeIfSilent() {
        if (System.nanoTime() - heardNanos > MAX_SILENCE_NANOS) {
            LOG.warn("Member at {} has been silent: connecting anew", remoteAddress());
            channel.close();
        }
    }

    private void fail(int number, Throwable cause) {
        Pending request = pending.remove(number);
        if (request != null) {
            request.timeout.cancel(false);
            complete(request.callback, null, cause);
        }
    }

    void respond(int number, Object message) {
        channel.writeAndFlush(frame(RESPONSE, number, message));
    }

    private ByteBuf frame(byte kind, int number, Object message) {
        PeerMessages.hitFailpoint(message);
        byte[] body = PeerMessages.encode(message);
        ByteBuf frame = channel.alloc().buffer(Integer.BYTES + FRAME_HEADER_BYTES + body.length);
        frame.writeInt(FRAME_HEADER_BYTES + body.length).writeByte(kind).writeInt(number)
                .writeByte(PeerMessages.numberOf(message)).writeBytes(body);
        transport.sent(frame.readableBytes());
        return frame;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) throws Exception {
        heardNanos = System.nanoTime();
        transport.received(frame.readableBytes() + Integer.BYTES);
        byte kind = frame.readByte();
        int number = frame.readInt();
        byte message = frame.readByte();
        byte[] body = new byte[frame.readableBytes()];
        frame.readBytes(body);
        Object decoded = PeerMessages.decode(message, body);
        if (kind == REQUEST) {
            transport.handle(this, number, decoded);
            return;
        }
        Pending request = pending.remove(number);
        if (request != null) {
            request.timeout.cancel(false);
            complete(request.callback, decoded, null);
        }
    }

    private static void complete(InvokeCallback callback, @Nullable Object result, @Nullable Throwable error) {
        Executor executor = callback.executor();
        if (executor == null) {
            callback.complete(result, error);
            return;
        }
        try {
            executor.execute(() -> callback.complete(result, error));
        } catch (RejectedExecutionException e) {
            callback.complete(null, e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        pending.keySet().forEach(number -> fail(number, new ClosedChannelException()));
        transport.closed(this);
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("Connection with member at {} fails: {}", remoteAddress(), cause.toString());
        context.close();
    }

    @Override
    public @Nullable Object getAttribute(String key) {
        return attributes.get(key);
    }

    @Override
    public void setAttribute(String key, Object value) {
        attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(String key, Object value) {
        return attributes.putIfAbsent(key, value);
    }

    @Override
    public void close() {
        channel.close();
    }
}
