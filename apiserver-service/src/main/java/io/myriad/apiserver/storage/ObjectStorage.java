package io.myriad.apiserver.storage;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;

/**
 * The objects of one resource. Reads follow the API's resource version rules (KEP-2340's table); a read without a
 * resource version is linearizable. Writes are optimistic: each states the version it replaces. Blocking; called on
 * virtual threads, never on an event loop. All methods are safe for any number of threads.
 *
 * <p>Failures are {@link StatusException}: NotFound, AlreadyExists, Conflict, Expired (410, the version is gone; a list's
 * carries a new continue token where upstream's does), Timeout (504, the version lies in the future), TooManyRequests
 * (429, not initialized yet), ServiceUnavailable (the store is away).
 */
public interface ObjectStorage {
    /** How a list's resource version is meant. */
    enum VersionMatch {
        /** Nothing was said. */
        UNSET,
        /** The data must be at least as new. */
        NOT_OLDER_THAN,
        /** The data must be exactly of that version. */
        EXACT
    }

    /**
     * A list request, already validated against the rules that need no data.
     *
     * @param selection which objects
     * @param resourceVersion as the client sent it: empty, {@code 0}, or a number
     * @param match how it is meant
     * @param limit the most objects to return, 0 for all
     * @param continueToken where to go on, or empty
     */
    record ListQuery(Selection selection, String resourceVersion, VersionMatch match, long limit,
            String continueToken) {}

    /**
     * A list.
     *
     * @param resourceVersion the version it is of
     * @param items the objects in key order; a view on an immutable snapshot
     * @param continueToken where to go on, or empty at the end
     * @param remainingItemCount how many are left, or null when not known (with selectors)
     */
    record ListResult(long resourceVersion, List<CachedObject> items, String continueToken,
            @Nullable Long remainingItemCount) {}

    /**
     * A watch request, already validated.
     *
     * @param selection which objects
     * @param resourceVersion as the client sent it: empty, {@code 0}, or a number
     * @param sendInitialEvents null when not sent
     * @param bookmarks whether the client allows bookmarks
     */
    record WatchQuery(Selection selection, String resourceVersion, @Nullable Boolean sendInitialEvents,
            boolean bookmarks) {}

    /**
     * The object's current version.
     *
     * @param resourceVersion empty for a linearizable read, {@code 0} for any cached version, else at least that version
     * @return null when there is none
     */
    @Nullable
    CachedObject get(String namespace, String name, String resourceVersion);

    /** Objects in key order. */
    ListResult list(ListQuery query);

    /**
     * Opens a watch.
     *
     * @param onReady called from any thread, without blocking, whenever {@link WatchCursor#poll} may have more; calls
     *     may be spurious and may come before this method returns
     */
    WatchCursor watch(WatchQuery query, Runnable onReady);

    /**
     * Stores a new object.
     *
     * @param stored the bytes to store: the message or JSON text without resource version
     * @param ttlSeconds after how many seconds the store removes it by itself, 0 for never
     */
    CachedObject create(String namespace, String name, byte[] stored, long ttlSeconds);

    /**
     * Replaces the version {@code expected} of an object.
     *
     * @return the new version, or null when {@code expected} is not the current one any more; the caller reads again
     *     and decides
     */
    @Nullable
    CachedObject replace(CachedObject expected, byte[] stored, long ttlSeconds);

    /**
     * Whether these bytes, which lack the resource version, are what this version of the object was made of: then there is
     * nothing to write.
     */
    boolean isStored(CachedObject version, byte[] stored);

    /**
     * Removes the version {@code expected} of an object.
     *
     * @return the removed object at the deletion's resource version, or null when {@code expected} is not the current
     *     one any more
     */
    @Nullable
    CachedObject remove(CachedObject expected);

    /** The store's current revision, read from a quorum. */
    long currentResourceVersion();

    /** How many objects there are now, for metrics. */
    long count();
}
