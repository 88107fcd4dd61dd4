package io.myriad.apiserver.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.channel.EventLoop;

/**
 * Lets watches write on their event loops. Whenever a watch has something to send it asks for a turn; each loop serves
 * all that asked in one task and then flushes each connection once, so that an event which goes to a thousand watches
 * costs a task a loop and a flush a connection.
 */
final class WatchLoops {
    /** Something that writes when its turn comes. */
    interface Turn {
        /**
         * Writes what there is, up to a bound; on the event loop.
         *
         * @return whether something was written that has to be flushed
         */
        boolean run();

        /** Whose connection is flushed after the turn. */
        ResponseStream stream();

        /** Whether a turn was asked for and has not begun. */
        AtomicBoolean asked();
    }

    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    /** Asks for a turn; from any thread, without blocking, as often as one likes. */
    void ask(Turn turn) {
        if (turn.asked().compareAndSet(false, true)) {
            loops.computeIfAbsent(turn.stream().loop(), Loop::new).ask(turn);
        }
    }

    private static final class Loop {
        private final EventLoop loop;
        private final Queue<Turn> asking = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean scheduled = new AtomicBoolean();
        private final Map<Object, ResponseStream> toFlush = new HashMap<>();

        Loop(EventLoop loop) {
            this.loop = loop;
        }

        void ask(Turn turn) {
            asking.add(turn);
            if (scheduled.compareAndSet(false, true)) {
                loop.execute(this::serve);
            }
        }

        private void serve() {
            scheduled.set(false);
            // Only those that asked before: who asks again meanwhile comes with the next task, after other work.
            for (int left = asking.size(); left > 0; left--) {
                Turn turn = asking.poll();
                if (turn == null) {
                    break;
                }
                turn.asked().set(false);
                if (turn.run()) {
                    toFlush.put(turn.stream().connection(), turn.stream());
                }
            }
            toFlush.values().forEach(ResponseStream::flush);
            toFlush.clear();
        }
    }
}
