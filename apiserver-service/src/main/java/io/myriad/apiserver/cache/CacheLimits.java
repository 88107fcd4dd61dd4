package io.myriad.apiserver.cache;

/**
 * The bounds of a watch cache.
 *
 * @param historyMin events kept however old they are
 * @param historyMax events kept at the most; a power of two
 * @param historyMillis how long an event is kept while there is room: longer than the time between two bookmarks, so that a
 *            client that has one can go on from it
 * @param historyBytes how many bytes of objects that have been replaced are kept at the most
 * @param checkpointEvents after how many events a tree is kept for lists of older versions; what lies between is replayed
 * @param freshMillis how long a read waits for the version that it needs
 * @param initializationMillis how long a request waits for a cache that is being filled
 * @param loadBytes how many bytes of changes are held back while a cache is being filled; with more it starts again
 */
record CacheLimits(int historyMin, int historyMax, long historyMillis, long historyBytes, int checkpointEvents,
        long freshMillis, long initializationMillis, long loadBytes) {
    static final CacheLimits DEFAULT = new CacheLimits(128, 1 << 17, 75_000, 256L << 20, 64, 3_000, 10_000, 128L << 20);
}
