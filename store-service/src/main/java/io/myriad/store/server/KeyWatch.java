package io.myriad.store.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.mvcc.WatchSink;
import io.myriad.store.mvcc.Watcher;

/**
 * Watches keys on this member for a thread that waits. Events that were not taken yet stay in the history: the watcher is held back as long as there are {@link #MAX_WAITING} of them.
 */
final class KeyWatch implements AutoCloseable {

    /** Events that may wait before no more are asked for. */
    static final int MAX_WAITING = 64;

    private final CompletableFuture<Void> cancelled;
    private final WatchAgent.Stream stream;
    private final Deque<Change> waiting = new ArrayDeque<>();
    private CompletableFuture<Void> arrival = new CompletableFuture<>();
    private boolean ended;

    /**
     * A change of a key.
     *
     * @param version what was written; a tombstone for a deletion
     * @param revision the revision up to which everything was seen with it
     */
    record Change(KeyVersion version, long revision) {}

    KeyWatch(WatchAgent agent, KeyRange keys, long fromRevision, CompletableFuture<Void> cancelled) {
        this.cancelled = cancelled;
        this.stream = agent.open(new Sink());
        stream.create(0, new Watcher.Spec(keys, fromRevision, false, false, false, false, false));
    }

    /** Waits for the next change; null when the history that is watched was compacted, so that the keys have to be read anew. Throws {@link CancellationException} when the client has gone. */
    @Nullable
    Change next() {
        while (true) {
            CompletableFuture<Void> more;
            synchronized (this) {
                Change change = waiting.poll();
                if (change != null) {
                    if (waiting.isEmpty()) {
                        stream.ready();
                    }
                    return change;
                }
                if (ended) {
                    return null;
                }
                more = arrival;
            }
            CompletableFuture.anyOf(more, cancelled).join();
            if (!more.isDone()) {
                throw new CancellationException();
            }
        }
    }

    private synchronized void end() {
        ended = true;
        arrival.complete(null);
    }

    private synchronized void add(KeyVersion[] events, int count, long revision) {
        for (int i = 0; i < count; i++) {
            waiting.add(new Change(events[i], revision));
        }
        arrival.complete(null);
        arrival = new CompletableFuture<>();
    }

    @Override
    public void close() {
        stream.close();
    }

    /** The agent's thread. */
    private final class Sink implements WatchSink {
        @Override
        public boolean isReady() {
            synchronized (KeyWatch.this) {
                return waiting.size() < MAX_WAITING;
            }
        }

        @Override
        public void created(long watchId, long revision) {}

        @Override
        public void refused(String reason, long revision) {
            end();
        }

        @Override
        public void cancelled(long watchId, long revision) {
            end();
        }

        @Override
        public void compacted(long watchId, long compactedRevision, long revision) {
            end();
        }

        @Override
        public void progress(long watchId, long revision) {}

        @Override
        public void events(Watcher watcher, KeyVersion[] events, int count, long revision) {
            add(events, count, revision);
        }
    }
}
