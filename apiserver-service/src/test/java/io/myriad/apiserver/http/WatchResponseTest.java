package io.myriad.apiserver.http;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.myriad.apiserver.storage.WatchCursor;

import static org.assertj.core.api.Assertions.assertThat;

class WatchResponseTest {
    private static final long MINUTE_MILLIS = 60_000;

    private final EventLoop loop = new DefaultEventLoop();
    private final List<String> sent = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** Another watch's turn may be waiting already when a watch begins whose head is only queued behind it. */
    @Test
    void eventsFollowTheHeadEvenWhenATurnIsDueAlready() throws Exception {
        WatchLoops loops = new WatchLoops();
        Stream stream = new Stream();
        CountDownLatch held = new CountDownLatch(1);
        loop.execute(() -> await(held));
        loops.ask(new OtherTurn(stream));
        loop.execute(() -> sent.add("head"));
        new WatchResponse(new OneEvent(), (event, out) -> out.write('x'), stream, loops, false, false, new Random(1),
                () -> {})
                .start(MINUTE_MILLIS);
        held.countDown();
        assertThat(stream.written.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent).containsExactly("head", "data");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record OtherTurn(ResponseStream stream, AtomicBoolean asked) implements WatchLoops.Turn {
        OtherTurn(ResponseStream stream) {
            this(stream, new AtomicBoolean());
        }

        @Override
        public boolean run() {
            return false;
        }
    }

    private static final class OneEvent implements WatchCursor {
        private final Queue<Event> events = new ArrayDeque<>(
                List.of(new Event(EventType.BOOKMARK, null, 7, false, null)));

        @Override
        public @Nullable Event poll() {
            return events.poll();
        }

        @Override
        public @Nullable Event bookmark() {
            return null;
        }

        @Override
        public void close() {}
    }

    private final class Stream implements ResponseStream {
        private final CountDownLatch written = new CountDownLatch(1);

        @Override
        public EventLoop loop() {
            return loop;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public boolean closed() {
            return false;
        }

        @Override
        public void write(ByteBuf data) {
            data.release();
            sent.add("data");
            written.countDown();
        }

        @Override
        public void write(ByteBuf data, Runnable done) {
            write(data);
            done.run();
        }

        @Override
        public void flush() {}

        @Override
        public void end() {}

        @Override
        public void abort() {}

        @Override
        public Object connection() {
            return this;
        }

        @Override
        public void onWritable(Runnable action) {}

        @Override
        public void onClosed(Runnable action) {}
    }
}
