package io.myriad.control.client;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The body of a watch: takes chunks as the connection delivers them, cuts them into events and hands these to the
 * listener, on the thread that brought the chunk. The next chunk is asked for when the listener is done with this one,
 * so a slow listener is felt by the server through HTTP/2's flow control and nothing piles up here.
 */
final class WatchStream implements HttpResponse.BodySubscriber<byte[]> {
    private final WatchListener listener;
    private final LongSupplier nanoTime;
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private final WatchFrames frames;
    private final boolean protobuf;
    private Flow.@Nullable Subscription subscription;
    private final ReentrantLock turn = new ReentrantLock(); // the listener is called by one thread at a time
    private boolean over;
    private volatile long lastChunkNanos;
    private volatile @Nullable RuntimeException fault;

    WatchStream(WatchListener listener, boolean protobuf, LongSupplier nanoTime) {
        this.protobuf = protobuf;
        this.frames = protobuf ? WatchFrames.lengths(this::event) : WatchFrames.lines(this::event);
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.lastChunkNanos = nanoTime.getAsLong();
    }

    /** When the last bytes came. */
    long lastChunkNanos() {
        return lastChunkNanos;
    }

    /**
     * Why this side gave the stream up: an ERROR event, an event that cannot be read, the listener's own failure. The
     * response itself may end with something else, since over HTTP/2 the JDK's client fails it with an IOException of its
     * own when the subscription is cancelled.
     */
    @Nullable
    RuntimeException fault() {
        return fault;
    }

    @Override
    public CompletionStage<byte[]> getBody() { return done; }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        turn.lock();
        try {
            if (!over) {
                listener.opened();
            }
        } finally {
            turn.unlock();
        }
        newSubscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> chunks) {
        Flow.Subscription active = subscription;
        if (active == null || done.isDone()) {
            return;
        }
        lastChunkNanos = nanoTime.getAsLong();
        turn.lock();
        try {
            for (ByteBuffer chunk : chunks) {
                String problem = accept(chunk);
                if (problem != null) {
                    throw new TransportException(problem, true, null);
                }
            }
            active.request(1);
        } catch (RuntimeException e) {
            fault = e;
            done.completeExceptionally(e);
            active.cancel();
        } finally {
            turn.unlock();
        }
    }

    /** Says goodbye to the listener, after any event that is being handled now. */
    void finish(@Nullable Throwable why) {
        turn.lock();
        try {
            if (!over) {
                over = true;
                listener.closed(why);
            }
        } finally {
            turn.unlock();
        }
    }

    private @Nullable String accept(ByteBuffer chunk) {
        if (chunk.hasArray()) {
            return frames.accept(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining());
        }
        byte[] copy = new byte[chunk.remaining()]; // the JDK's buffers are read-only, so this is the usual way
        chunk.get(copy);
        return frames.accept(copy, 0, copy.length);
    }

    private void event(byte[] bytes, int offset, int length) {
        if (over) {
            return;
        }
        WatchEvents.Event event = protobuf
                ? WatchEvents.protobuf(bytes, offset, length)
                : WatchEvents.json(bytes, offset, length);
        switch (event.type()) {
            case "ADDED" -> listener.event(WatchListener.EventType.ADDED, event.object());
            case "MODIFIED" -> listener.event(WatchListener.EventType.MODIFIED, event.object());
            case "DELETED" -> listener.event(WatchListener.EventType.DELETED, event.object());
            case "BOOKMARK" -> listener.event(WatchListener.EventType.BOOKMARK, event.object());
            case "ERROR" -> throw StatusReader.read(event.object().tree(), 500);
            default -> throw new TransportException("unknown watch event \"" + event.type() + "\"", true, null);
        }
    }

    @Override
    public void onError(Throwable error) {
        done.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        done.complete(new byte[0]);
    }
}
