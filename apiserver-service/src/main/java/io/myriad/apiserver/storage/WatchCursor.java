package io.myriad.apiserver.storage;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;

/**
 * One watch's place in the history. Events are pulled: nothing is queued per watch, and a slow watcher falls behind
 * alone. One thread at a time may call it.
 */
public interface WatchCursor extends AutoCloseable {
    /** What happened. */
    enum EventType {
        ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
    }

    /**
     * An event.
     *
     * @param type what happened, as this watch's selection sees it: an object that leaves the selection is DELETED
     * @param object the object; for DELETED its last selected state at the deletion's version; null for BOOKMARK, ERROR
     * @param resourceVersion the event's version; a bookmark's promise
     * @param initialEventsEnd for BOOKMARK: whether it ends the initial events
     * @param status for ERROR: why the watch ends
     */
    record Event(EventType type, @Nullable CachedObject object, long resourceVersion, boolean initialEventsEnd,
            @Nullable Status status) {}

    /** The next event, or null when there is none yet. After an ERROR event there is nothing more. */
    @Nullable
    Event poll();

    /** A bookmark for now: everything up to its version has been polled. Null while something is left to poll. */
    @Nullable
    Event bookmark();

    /** Frees the watch; {@code onReady} is not called afterwards, but for a call that is under way. */
    @Override
    void close();
}
