package io.myriad.apiserver.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.api.codec.ByteArraySink;
import io.myriad.apiserver.storage.WatchCursor;
import io.myriad.apiserver.storage.WatchCursor.Event;
import io.myriad.apiserver.storage.WatchCursor.EventType;

/**
 * One watch being served: a cursor, drained on the connection's event loop whenever it has events and the client takes
 * them. No thread and no queue belong to it; a slow client's cursor falls behind alone.
 */
final class WatchResponse implements WatchLoops.Turn {
    private static final Logger LOG = LoggerFactory.getLogger(WatchResponse.class);
    /** What one turn writes before other watches get theirs. */
    private static final int TURN_BYTES = 64 << 10;
    private static final int BOOKMARK_SECONDS = 60;
    private static final int BOOKMARK_JITTER_SECONDS = 10;

    private final WatchCursor cursor;
    private final BiConsumer<Event, ByteArraySink> frames;
    private final ResponseStream stream;
    private final WatchLoops loops;
    private final boolean bookmarks;
    private final RandomGenerator random;
    private final Runnable ended;
    private final boolean slowFrames;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final ByteArraySink scratch = new ByteArraySink(1024);
    private boolean started;
    private boolean over;
    private boolean making;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> nextBookmark;

    /** @param slowFrames whether making a frame may wait for others, so that the event loop must not do it */
    WatchResponse(WatchCursor cursor, BiConsumer<Event, ByteArraySink> frames, ResponseStream stream, WatchLoops loops,
            boolean bookmarks, boolean slowFrames, RandomGenerator random, Runnable ended) {
        this.slowFrames = slowFrames;
        this.cursor = cursor;
        this.frames = frames;
        this.stream = stream;
        this.loops = loops;
        this.bookmarks = bookmarks;
        this.random = random;
        this.ended = ended;
    }

    /** Begins to serve; the watch ends by itself after {@code timeoutMillis}. */
    void start(long timeoutMillis) {
        stream.onWritable(() -> loops.ask(this));
        stream.onClosed(this::close);
        stream.loop().execute(() -> {
            if (over) {
                return;
            }
            started = true;
            deadline = stream.loop().schedule(this::finish, timeoutMillis, TimeUnit.MILLISECONDS);
            scheduleBookmark();
            stream.flush();
            loops.ask(this);
        });
    }

    private void scheduleBookmark() {
        if (bookmarks) {
            long delay = BOOKMARK_SECONDS * 1000L - random.nextInt(BOOKMARK_JITTER_SECONDS * 1000);
            nextBookmark = stream.loop().schedule(() -> {
                if (!over) {
                    writeBookmark();
                    stream.flush();
                    scheduleBookmark();
                }
            }, delay, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public boolean run() {
        // A turn of another watch that was due before this answer's head was written may serve this one too: too early.
        if (!started) {
            return false;
        }
        if (slowFrames) {
            makeFrame();
            return false;
        }
        boolean wrote = false;
        int written = 0;
        while (!over && stream.writable()) {
            if (written >= TURN_BYTES) {
                loops.ask(this);
                break;
            }
            Event event = cursor.poll();
            if (event == null) {
                break;
            }
            frames.accept(event, scratch);
            written += scratch.size();
            wrote = true;
            send();
            if (event.type() == EventType.ERROR) {
                end();
            }
        }
        return wrote;
    }

    /** Makes the next event's frame on a thread that may wait, one at a time; the loop gets it when it is there. */
    private void makeFrame() {
        if (making || over || !stream.writable()) {
            return;
        }
        Event event = cursor.poll();
        if (event == null) {
            return;
        }
        making = true;
        Thread.ofVirtual().name("watch-frame").start(() -> {
            ByteArraySink frame = new ByteArraySink(1024);
            boolean made = false;
            try {
                frames.accept(event, frame);
                made = true;
            } catch (StatusException failure) {
                LOG.debug("A watch ends, as an event cannot be written: {}", failure.getMessage());
            } finally {
                boolean complete = made;
                stream.loop().execute(() -> sendMade(event, frame, complete));
            }
        });
    }

    private void sendMade(Event event, ByteArraySink frame, boolean complete) {
        making = false;
        if (over) {
            return;
        }
        if (complete) {
            stream.write(Unpooled.wrappedBuffer(frame.array(), 0, frame.size()));
            stream.flush();
        }
        if (!complete || event.type() == EventType.ERROR) {
            end();
        } else {
            loops.ask(this);
        }
    }

    private void send() {
        ByteBuf buffer = io.netty.buffer.ByteBufAllocator.DEFAULT.buffer(scratch.size());
        buffer.writeBytes(scratch.array(), 0, scratch.size());
        scratch.size(0);
        stream.write(buffer);
    }

    private void writeBookmark() {
        // A bookmark must not tell of an event whose frame is still being made.
        Event bookmark = !making && stream.writable() ? cursor.bookmark() : null;
        if (bookmark != null) {
            frames.accept(bookmark, scratch);
            send();
        }
    }

    /** Ends the watch in good order: what is there is sent, then a bookmark from which the client can go on. */
    void finish() {
        if (over) {
            return;
        }
        while (stream.writable() && run() && !over) {
            // Everything that fits.
        }
        if (!over) {
            if (bookmarks) {
                writeBookmark();
            }
            end();
        }
    }

    private void end() {
        if (!over) {
            close();
            stream.end();
        }
    }

    private void close() {
        if (over) {
            return;
        }
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (nextBookmark != null) {
            nextBookmark.cancel(false);
        }
        cursor.close();
        ended.run();
    }

    @Override
    public ResponseStream stream() {
        return stream;
    }

    @Override
    public AtomicBoolean asked() {
        return asked;
    }
}
