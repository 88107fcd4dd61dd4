package io.myriad.control.informer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.GroupVersionResource;
import io.myriad.control.client.ApiObject;

/**
 * A local copy of a collection, kept current by a watch, of which each object is reduced to what the consumer declared.
 *
 * <p>Reading takes no lock and is weakly consistent: each value is one the server had, but values of different objects
 * may be of slightly different times. One thread at a time writes; handlers hear of changes after the copy has them.
 *
 * <p>A controller that has written an object and must see its own write first asks {@link #hasSeen} with the
 * resourceVersion that the server answered; resource versions of one API grow, and are compared as numbers.
 */
public final class Informer<T> {
    private static final Logger log = LoggerFactory.getLogger(Informer.class);

    private final InformerSpec<T> spec;
    private final Map<ObjectKey, T> store = new ConcurrentHashMap<>();
    private final Map<Index<T>, Map<String, Map<ObjectKey, T>>> indexes = new HashMap<>();
    private final List<InformerHandler<T>> handlers = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> synced = new CompletableFuture<>();
    private final ReentrantLock writer = new ReentrantLock();
    private final LongAdder events = new LongAdder();
    private final LongAdder faults = new LongAdder();
    private @Nullable Set<ObjectKey> unlisted;
    private volatile long seenVersion;
    final Reflector.Sink sink = new StoreSink();

    Informer(InformerSpec<T> spec) {
        this.spec = spec;
        for (Index<T> index : spec.indexes()) {
            indexes.put(index, new ConcurrentHashMap<>());
        }
    }

    public GroupVersionResource resource() {
        return spec.resource();
    }

    /** Completes when the first list is in the store and handlers have heard of it. */
    public CompletableFuture<Void> synced() {
        return synced;
    }

    /** The value, or null when there is none. */
    public @Nullable T get(String namespace, String name) {
        return store.get(new ObjectKey(namespace, name));
    }

    /** The value, or null when there is none. */
    public @Nullable T get(ObjectKey key) {
        return store.get(key);
    }

    /** All values; a live view. */
    public Collection<T> values() {
        return Collections.unmodifiableCollection(store.values());
    }

    /** All keys; a live view. */
    public Set<ObjectKey> keys() {
        return Collections.unmodifiableSet(store.keySet());
    }

    public int size() {
        return store.size();
    }

    /** The values found under {@code value} in an index of this informer, as they are now. */
    public List<T> byIndex(Index<T> index, String value) {
        Map<ObjectKey, T> found = buckets(index).get(value);
        return found == null ? List.of() : new ArrayList<>(found.values());
    }

    /** The strings an index has values for; a live view. */
    public Set<String> indexKeys(Index<T> index) {
        return Collections.unmodifiableSet(buckets(index).keySet());
    }

    /** Whether everything up to this resourceVersion of an object of the collection is in the store. */
    public boolean hasSeen(long resourceVersion) {
        return seenVersion >= resourceVersion;
    }

    /** The newest resourceVersion seen, 0 before the first list. */
    public long resourceVersion() {
        return seenVersion;
    }

    /** Events received, list items included. */
    public long events() {
        return events.sum();
    }

    /** Exceptions of extractors and handlers: each is a defect, logged. */
    public long faults() {
        return faults.sum();
    }

    /**
     * Adds a handler. It first hears of everything there is, as initial, on this thread, then of changes.
     */
    public Informer<T> addHandler(InformerHandler<T> handler) {
        writer.lock();
        try {
            store.forEach((key, value) -> guarded(key, () -> handler.added(key, value, true)));
            handlers.add(handler);
        } finally {
            writer.unlock();
        }
        return this;
    }

    private Map<String, Map<ObjectKey, T>> buckets(Index<T> index) {
        Map<String, Map<ObjectKey, T>> buckets = indexes.get(index);
        if (buckets == null) {
            throw new IllegalArgumentException(spec.resource() + " has no index " + index.name());
        }
        return buckets;
    }

    // ---- writing, one thread at a time ----------------------------------------------------------------------

    private void put(ObjectKey key, T now, boolean initial) {
        T before = store.get(key);
        if (now.equals(before)) {
            return;
        }
        store.put(key, now);
        indexes.forEach((index, buckets) -> reindex(index, buckets, key, before, now));
        for (InformerHandler<T> handler : handlers) {
            guarded(key, () -> {
                if (before == null) {
                    handler.added(key, now, initial);
                } else {
                    handler.updated(key, before, now);
                }
            });
        }
    }

    private void remove(ObjectKey key) {
        T last = store.remove(key);
        if (last != null) {
            indexes.forEach((index, buckets) -> reindex(index, buckets, key, last, null));
            handlers.forEach(handler -> guarded(key, () -> handler.deleted(key, last)));
        }
    }

    private void reindex(Index<T> index, Map<String, Map<ObjectKey, T>> buckets, ObjectKey key, @Nullable T before,
            @Nullable T now) {
        Collection<String> oldValues = before == null ? List.of() : index.values().apply(key, before);
        Collection<String> newValues = now == null ? List.of() : index.values().apply(key, now);
        for (String value : oldValues) {
            Map<ObjectKey, T> bucket = buckets.get(value);
            if (bucket != null && !newValues.contains(value)) {
                bucket.remove(key);
                if (bucket.isEmpty()) {
                    buckets.remove(value);
                }
            }
        }
        if (now != null) {
            for (String value : newValues) {
                buckets.computeIfAbsent(value, any -> new ConcurrentHashMap<>(4)).put(key, now);
            }
        }
    }

    private void guarded(ObjectKey key, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            faults.increment();
            log.error("handler of {} failed on {}", spec.resource(), key, e);
        }
    }

    /** Takes what the reflector learns. */
    private final class StoreSink implements Reflector.Sink {
        @Override
        public void listBegan() {
            writer.lock();
            try {
                unlisted = new HashSet<>(store.keySet());
            } finally {
                writer.unlock();
            }
        }

        @Override
        public void listed(ApiObject object) {
            apply(object, !synced.isDone());
        }

        @Override
        public void listEnded(String resourceVersion) {
            writer.lock();
            try {
                Set<ObjectKey> gone = unlisted;
                unlisted = null;
                if (gone != null) {
                    gone.forEach(Informer.this::remove);
                }
                // A list is never older than what was seen before, but for data that were put back: then all begins anew.
                seenVersion = number(resourceVersion);
            } finally {
                writer.unlock();
            }
            synced.complete(null);
        }

        @Override
        public void changed(ApiObject object) {
            apply(object, false);
            progressed(object.resourceVersion());
        }

        @Override
        public void deleted(ApiObject object) {
            events.increment();
            writer.lock();
            try {
                remove(new ObjectKey(object.namespace(), object.name()));
                progressed(object.resourceVersion());
            } finally {
                writer.unlock();
            }
        }

        @Override
        public void progressed(String resourceVersion) {
            seenVersion = Math.max(seenVersion, number(resourceVersion));
        }

        private void apply(ApiObject object, boolean initial) {
            events.increment();
            ObjectKey key = new ObjectKey(object.namespace(), object.name());
            T value;
            try {
                value = spec.extractor().extract(object);
            } catch (RuntimeException e) {
                faults.increment();
                log.error("{} {} cannot be read and is left out", spec.resource(), key, e);
                value = null;
            }
            writer.lock();
            try {
                if (unlisted != null) {
                    unlisted.remove(key);
                }
                if (value == null) {
                    remove(key);
                } else {
                    put(key, value, initial);
                }
            } finally {
                writer.unlock();
            }
        }
    }

    private static long number(String resourceVersion) {
        try {
            return Long.parseLong(resourceVersion);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
