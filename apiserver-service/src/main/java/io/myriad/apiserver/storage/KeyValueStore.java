package io.myriad.apiserver.storage;

import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;

/**
 * The store beneath the API: keys and bytes with one revision counter over all of them, as etcd's. Calls block the
 * caller, a virtual thread, for a bounded time. Safe for any number of threads.
 *
 * <p>Failures are {@link StatusException}: ServiceUnavailable when the store cannot be reached, Timeout when it does not
 * answer in time (a write may then have happened), TooManyRequests, RequestEntityTooLarge.
 */
public interface KeyValueStore extends AutoCloseable {
    /**
     * A key with its value.
     *
     * @param revision the revision that wrote it
     */
    record KeyValue(String key, byte[] value, long revision) {}

    /**
     * A part of a range.
     *
     * @param items in key order
     * @param revision the revision that was read
     * @param more whether the range has more keys behind these
     * @param count how many keys the whole range has, from its start
     */
    record Page(List<KeyValue> items, long revision, boolean more, long count) {}

    /**
     * What a write did.
     *
     * @param value the new value, or null when the key was deleted
     * @param revision the write's revision
     */
    record Change(String key, byte @Nullable [] value, long revision) {}

    /**
     * The store's state.
     *
     * @param revision the current revision
     * @param compactedRevision the revision below which an API server has compacted the history; 0 before the first time
     */
    record Revisions(long revision, long compactedRevision) {}

    /** Receives what a watch sees. Called by one thread at a time; may take its time but not wait for other calls. */
    interface Listener {
        /**
         * Writes in revision order. All writes up to and including {@code completeRevision} have been delivered; a revision
         * is never split over two calls.
         */
        void changes(List<Change> changes, long completeRevision);

        /** Nothing but what has been delivered was written up to and including {@code revision}. */
        void progress(long revision);

        /** The revisions to be delivered next have been compacted. The watch is closed; nothing more is called. */
        void compacted();
    }

    /** An open watch. */
    interface Watch extends AutoCloseable {
        /** Asks for a {@link Listener#progress} soon; it may be lost. Does not block. */
        void requestProgress();

        /** Ends the watch; a call of the listener may still be under way. */
        @Override
        void close();
    }

    /** The range cannot be read at a revision that has been compacted. */
    final class CompactedException extends Exception {
        private static final long serialVersionUID = 1L;

        public CompactedException() {
            super("the revision has been compacted", null, false, false);
        }
    }

    /** The current value of a key, or null. Linearizable. */
    @Nullable
    KeyValue get(String key);

    /**
     * Reads a range.
     *
     * @param start the first key
     * @param end the first key behind the range
     * @param revision the revision to read, or 0 for a linearizable read of the current one
     * @param limit the most keys to return
     */
    Page range(String start, String end, long revision, int limit) throws CompactedException;

    /**
     * Writes a key that does not exist.
     *
     * @param ttlSeconds after how many seconds the store deletes it by itself, at the earliest; 0 for never
     * @return the revision, or 0 when the key exists
     */
    long create(String key, byte[] value, long ttlSeconds);

    /** As {@link #create}, of a key that {@code expectedRevision} wrote; 0 when that is not so any more. */
    long replace(String key, long expectedRevision, byte[] value, long ttlSeconds);

    /** Deletes a key that {@code expectedRevision} wrote; 0 when that is not so any more. */
    long remove(String key, long expectedRevision);

    /** The current revision, read from a quorum after this call began. Callers at the same time share one request. */
    Revisions revisions();

    /**
     * Delivers every write to a range from {@code fromRevision} on. The watch survives lost connections; only a compaction
     * ends it.
     *
     * @param start the first key
     * @param end the first key behind the range
     * @param executor runs the listener, one task at a time
     */
    Watch watch(String start, String end, long fromRevision, Executor executor, Listener listener);

    /** Ends all watches and calls. */
    @Override
    void close();
}
