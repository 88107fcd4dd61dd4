package io.myriad.apiserver.cache;

/**
 * What readers of a cache see, published as a whole.
 *
 * @param tree the objects
 * @param revision the version that they are of; later ones may have the same objects, see {@link Feed#head}
 * @param sequence the last event that is in {@code tree}
 * @param epoch counts how often the cache has been filled; events of two epochs have a gap between them
 * @param ready whether it may be read: false before it is filled, and while it is filled again
 */
record CacheState(ObjectTree tree, long revision, long sequence, int epoch, boolean ready) {
    static final CacheState INITIAL = new CacheState(ObjectTree.EMPTY, 0, 0, 0, false);
}
