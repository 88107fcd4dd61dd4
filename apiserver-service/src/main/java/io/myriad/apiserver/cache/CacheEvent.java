package io.myriad.apiserver.cache;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;

/** One write to one object of a resource, as the cache's history keeps it. Shared by all watches. */
final class CacheEvent {
    private final long sequence;
    private final long revision;
    private final @Nullable CachedObject before;
    private final @Nullable CachedObject after;
    private final int seconds;
    /** See {@link #gone}; made by the first watch that needs it, several may at once. */
    private @Nullable CachedObject gone;

    /**
     * An event.
     *
     * @param sequence its number in the history
     * @param revision the store's revision
     * @param before the object before it, or null
     * @param after the object after it, or null
     * @param seconds when it was received, in seconds of the cache's clock
     */
    CacheEvent(long sequence, long revision, @Nullable CachedObject before, @Nullable CachedObject after, int seconds) {
        if (before == null && after == null) {
            throw new IllegalArgumentException("an event without an object");
        }
        this.sequence = sequence;
        this.revision = revision;
        this.before = before;
        this.after = after;
        this.seconds = seconds;
    }

    long sequence() {
        return sequence;
    }

    long revision() {
        return revision;
    }

    @Nullable
    CachedObject before() {
        return before;
    }

    @Nullable
    CachedObject after() {
        return after;
    }

    /** The object after the event, or before it when it was deleted. */
    CachedObject object() {
        if (after != null) {
            return after;
        }
        if (before == null) {
            throw new IllegalStateException("an event without an object");
        }
        return before;
    }

    int seconds() {
        return seconds;
    }

    /** How many bytes the history keeps alive for this event alone. */
    long retainedBytes() {
        return before == null ? 0 : before.bytes().length;
    }

    /** The object before the event at the event's version: what a watch that it leaves is sent. */
    CachedObject gone(Indexer indexer) {
        CachedObject made = gone;
        if (made == null) {
            CachedObject last = before;
            if (last == null) {
                throw new IllegalStateException("nothing was there before revision " + revision);
            }
            made = new CachedObject(last.namespace(), last.name(),
                    indexer.withResourceVersion(last.bytes(), revision), revision);
            gone = made;
        }
        return made;
    }
}
