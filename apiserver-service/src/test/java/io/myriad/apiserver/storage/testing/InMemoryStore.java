package io.myriad.apiserver.storage.testing;

import java.util.ArrayList;
import java.util.List;

import io.myriad.apiserver.storage.Indexer;

/**
 * A store for tests: one revision counter over the storages of several resources, as the real one has. Time passes only
 * by {@link #advanceSeconds}. All methods are safe for any number of threads; everything happens under one lock.
 */
public final class InMemoryStore {
    private final List<InMemoryObjectStorage> storages = new ArrayList<>();
    private long revision = 1;
    private long compactedRevision;
    private long nowSeconds;

    /**
     * The storage of one more resource.
     *
     * @param groupResource as errors name it: {@code pods}, {@code deployments.apps}
     * @param indexer reads labels and fields of its objects
     */
    public synchronized InMemoryObjectStorage storage(String groupResource, Indexer indexer) {
        InMemoryObjectStorage storage = new InMemoryObjectStorage(this, groupResource, indexer);
        storages.add(storage);
        return storage;
    }

    /** Lets time pass: removes the objects whose time to live is over. */
    public void advanceSeconds(long seconds) {
        List<InMemoryObjectStorage> all;
        synchronized (this) {
            nowSeconds += seconds;
            all = List.copyOf(storages);
            all.forEach(InMemoryObjectStorage::removeExpired);
        }
        all.forEach(InMemoryObjectStorage::wakeWatches);
    }

    /** Forgets what was before {@code revision}: lists and watches from before it are answered with 410. */
    public synchronized void compact(long upToRevision) {
        compactedRevision = Math.max(compactedRevision, upToRevision);
    }

    /** The current revision. */
    public synchronized long revision() {
        return revision;
    }

    synchronized long nextRevision() {
        return ++revision;
    }

    synchronized long compactedRevision() {
        return compactedRevision;
    }

    synchronized long nowSeconds() {
        return nowSeconds;
    }
}
