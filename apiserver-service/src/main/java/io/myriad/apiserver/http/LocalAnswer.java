package io.myriad.apiserver.http;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a client in this JVM. What is written waits here until it is flushed and the client asks for it, and is
 * handed over by a thread of its own, one at a time: neither the server's nor the client's threads wait for each other.
 */
final class LocalAnswer implements AnswerPath, ResponseStream, LocalCalls.Call {
    /** As much as a stream of a connection takes before it is not writable, and below which it is again. */
    private static final int HIGH_WATER_BYTES = 256 << 10;
    private static final int LOW_WATER_BYTES = 64 << 10;

    private record Piece(byte[] data, @Nullable Runnable sent) {}

    private final HttpListener listener;
    private final SocketAddress address;
    private final LocalCalls.Receiver receiver;
    private final EventLoop loop;
    private final AtomicBoolean delivering = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    // All below are guarded by the lock.
    private final Queue<Piece> pieces = new ArrayDeque<>(2);
    private @Nullable Runnable head;
    private @Nullable Runnable last;
    private long wanted;
    private int flushed;
    private int bytes;
    private boolean ended;
    private boolean closed;
    private @Nullable Runnable onWritable;
    private @Nullable Runnable onClosed;

    LocalAnswer(HttpListener listener, SocketAddress address, LocalCalls.Receiver receiver) {
        this.listener = listener;
        this.address = address;
        this.receiver = receiver;
        this.loop = listener.nextLoop();
    }

    // ---- from the server ------------------------------------------------------------------------------------

    @Override
    public SocketAddress remoteAddress() {
        return address;
    }

    @Override
    public void closeConnectionGracefully() {
        // There is none: the next request finds another server by itself when this one does not take calls any more.
    }

    @Override
    public void respond(int code, HttpHeaders headers, byte[] answer, boolean withoutBody) {
        begin(code, headers);
        lock.lock();
        try {
            if (!withoutBody && answer.length > 0) {
                add(new Piece(answer, null));
            }
            if (closed) {
                return;
            }
            ended = true;
            last = receiver::end;
            flushed = pieces.size();
        } finally {
            lock.unlock();
        }
        deliverSoon();
    }

    @Override
    public ResponseStream stream(int code, HttpHeaders headers, long contentLength) {
        begin(code, headers);
        return this;
    }

    @Override
    public ResponseStream webSocket(HttpHeaders headers, NettyStream.Form form) {
        throw new IllegalStateException("clients in this JVM have no WebSockets");
    }

    private void begin(int code, HttpHeaders headers) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        headers.forEach(header -> all.computeIfAbsent(header.getKey(), name -> new ArrayList<>(1))
                .add(header.getValue()));
        lock.lock();
        try {
            if (!closed) {
                head = () -> receiver.head(this, code, all);
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Piece piece) {
        if (!closed) {
            pieces.add(piece);
            bytes += piece.data.length;
        }
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean writable() {
        lock.lock();
        try {
            return bytes < HIGH_WATER_BYTES;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(ByteBuf data) {
        put(data, null);
    }

    @Override
    public void write(ByteBuf data, Runnable sent) {
        put(data, sent);
    }

    private void put(ByteBuf data, @Nullable Runnable sent) {
        byte[] copy = new byte[data.readableBytes()];
        data.readBytes(copy).release();
        boolean dropped;
        lock.lock();
        try {
            dropped = closed;
            add(new Piece(copy, sent));
        } finally {
            lock.unlock();
        }
        if (dropped && sent != null) {
            loop.execute(sent);
        }
    }

    @Override
    public void flush() {
        lock.lock();
        try {
            flushed = pieces.size();
        } finally {
            lock.unlock();
        }
        deliverSoon();
    }

    @Override
    public void end() {
        end(receiver::end);
    }

    @Override
    public void abort() {
        end(() -> receiver.broke("the answer was given up"));
    }

    private void end(Runnable how) {
        lock.lock();
        try {
            if (!ended && !closed) {
                ended = true;
                last = how;
            }
            flushed = pieces.size();
        } finally {
            lock.unlock();
        }
        deliverSoon();
    }

    @Override
    public Object connection() {
        return this;
    }

    @Override
    public void onWritable(Runnable action) {
        lock.lock();
        try {
            onWritable = action;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onClosed(Runnable action) {
        boolean gone;
        lock.lock();
        try {
            gone = closed;
            onClosed = action;
        } finally {
            lock.unlock();
        }
        if (gone) {
            loop.execute(action);
        }
    }

    // ---- from the client ------------------------------------------------------------------------------------

    @Override
    public void request(long more) {
        lock.lock();
        try {
            wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
        } finally {
            lock.unlock();
        }
        deliverSoon();
    }

    @Override
    public void cancel() {
        lose(null);
    }

    /** Nothing more is delivered; the server hears that the client is gone unless the answer was whole. */
    private void lose(@Nullable Runnable farewell) {
        List<Runnable> told = new ArrayList<>(2);
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            head = null;
            if (!ended && onClosed != null) {
                told.add(onClosed);
            }
            last = ended && last == null ? null : farewell;
            for (Piece piece : pieces) {
                if (piece.sent != null) {
                    told.add(piece.sent);
                }
            }
            pieces.clear();
            flushed = 0;
            bytes = 0;
        } finally {
            lock.unlock();
        }
        listener.forget(this);
        told.forEach(loop::execute);
        deliverSoon();
    }

    /** The listener closes: as when a connection breaks. */
    void broke() {
        lose(() -> receiver.broke("the server has closed"));
    }

    // ---- handing over ---------------------------------------------------------------------------------------

    private void deliverSoon() {
        if (deliverable() && delivering.compareAndSet(false, true)) {
            listener.onCallThread(this::deliver);
        }
    }

    private boolean deliverable() {
        lock.lock();
        try {
            return isDeliverable();
        } finally {
            lock.unlock();
        }
    }

    private boolean isDeliverable() {
        return head != null || flushed > 0 && wanted > 0 || last != null && pieces.isEmpty();
    }

    private void deliver() {
        do {
            try {
                Runnable next = next();
                while (next != null) {
                    next.run();
                    next = next();
                }
            } finally {
                delivering.set(false);
            }
            // What became deliverable just before the flag was put down has found nobody to do it.
        } while (deliverable() && delivering.compareAndSet(false, true));
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            if (!isDeliverable()) {
                return null;
            }
            Runnable next = head;
            if (next != null) {
                head = null;
                return next;
            }
            if (flushed == 0 || wanted == 0) {
                next = last;
                last = null;
                listener.forget(this);
                return next;
            }
            Piece piece = pieces.remove();
            flushed--;
            wanted--;
            boolean wasFull = bytes >= LOW_WATER_BYTES;
            bytes -= piece.data.length;
            Runnable writable = wasFull && bytes < LOW_WATER_BYTES ? onWritable : null;
            return () -> {
                receiver.piece(piece.data);
                if (piece.sent != null) {
                    loop.execute(piece.sent);
                }
                if (writable != null) {
                    loop.execute(writable);
                }
            };
        } finally {
            lock.unlock();
        }
    }
}
