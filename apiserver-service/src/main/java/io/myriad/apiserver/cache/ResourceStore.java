package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.MalformedException;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.KeyValueStore;
import io.myriad.apiserver.storage.KeyValueStore.CompactedException;
import io.myriad.apiserver.storage.StoredKind;

/**
 * One resource's objects in the store: names to keys, stored bytes to served ones and back. Values that are no object of the
 * kind are counted, logged and otherwise as if they were not there.
 */
final class ResourceStore {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceStore.class);
    /** Namespaces whose text is shared by all their objects; with more, the sharing starts again. */
    private static final int MAX_SHARED_NAMESPACES = 1 << 16;

    /** A part of a list, read from the store. */
    record Page(List<CachedObject> objects, long revision, String next, long count) {}

    private final KeyValueStore store;
    private final StoredKind kind;
    private final Indexer indexer;
    private final CacheMetrics metrics;
    private final Map<String, String> namespaces = new ConcurrentHashMap<>();

    ResourceStore(KeyValueStore store, StoredKind kind, Indexer indexer, CacheMetrics metrics) {
        this.store = store;
        this.kind = kind;
        this.indexer = indexer;
        this.metrics = metrics;
    }

    StoredKind kind() {
        return kind;
    }

    Indexer indexer() {
        return indexer;
    }

    CacheMetrics metrics() {
        return metrics;
    }

    /** The current version of an object, or null. Linearizable. */
    @Nullable
    CachedObject get(String namespace, String name) {
        if (!isPlace(namespace, name)) {
            return null;
        }
        KeyValueStore.KeyValue item = metrics.request("get", () -> store.get(kind.key(namespace, name)));
        return item == null ? null : object(namespace, name, item.value(), item.revision());
    }

    /** Stores a new object; null when there is one. */
    @Nullable
    CachedObject create(String namespace, String name, byte[] stored, long ttlSeconds) {
        if (!isPlace(namespace, name)) {
            throw new StatusException(Status.badRequest("not a name to store an object under: " + name));
        }
        byte[] value = envelope(stored);
        long revision = metrics.request("create", () -> store.create(kind.key(namespace, name), value, ttlSeconds));
        return revision == 0 ? null : written(namespace, name, stored, revision);
    }

    /** Replaces a version of an object; null when it is not the current one. */
    @Nullable
    CachedObject replace(CachedObject expected, byte[] stored, long ttlSeconds) {
        byte[] value = envelope(stored);
        long revision = metrics.request("update", () -> store.replace(
                kind.key(expected.namespace(), expected.name()), expected.resourceVersion(), value, ttlSeconds));
        return revision == 0 ? null : written(expected.namespace(), expected.name(), stored, revision);
    }

    /** Whether a version of an object was made of these bytes. */
    boolean isStored(CachedObject version, byte[] stored) {
        return version.bytes().length > stored.length
                && Arrays.equals(indexer.withResourceVersion(stored, version.resourceVersion()), version.bytes());
    }

    /** Removes a version of an object; null when it is not the current one. */
    @Nullable
    CachedObject remove(CachedObject expected) {
        long revision = metrics.request("delete", () -> store.remove(
                kind.key(expected.namespace(), expected.name()), expected.resourceVersion()));
        return revision == 0 ? null : written(expected.namespace(), expected.name(), expected.bytes(), revision);
    }

    private CachedObject written(String namespace, String name, byte[] bytes, long revision) {
        return new CachedObject(namespace, name, indexer.withResourceVersion(bytes, revision), revision);
    }

    /** Whether the names make a key from which the same names are read again. */
    private boolean isPlace(String namespace, String name) {
        return new StoredKind.Place(namespace, name).equals(kind.place(kind.key(namespace, name)));
    }

    private byte[] envelope(byte[] stored) {
        return switch (kind.encoding()) {
            case PROTOBUF -> Envelope.wrap(kind.kind().apiVersion(), kind.kind().kind(), stored);
            case JSON -> stored;
        };
    }

    /**
     * Reads a part of a list.
     *
     * @param start the first key
     * @param end the first key behind the list
     * @param revision the revision to read, or 0 for the current one
     * @param limit the most keys to read
     */
    Page page(String start, String end, long revision, int limit) throws CompactedException {
        KeyValueStore.Page page = range(start, end, revision, limit);
        List<CachedObject> objects = new ArrayList<>(page.items().size());
        String next = "";
        for (KeyValueStore.KeyValue item : page.items()) {
            StoredKind.Place place = kind.place(item.key());
            CachedObject object = place == null
                    ? null
                    : object(place.namespace(), place.name(), item.value(), item.revision());
            if (object != null) {
                objects.add(object);
            }
            next = item.key() + '\0';
        }
        return new Page(objects, page.revision(), page.more() ? next : "", page.count());
    }

    private KeyValueStore.Page range(String start, String end, long revision, int limit) throws CompactedException {
        KeyValueStore.Page page = metrics.request("list", () -> {
            try {
                return store.range(start, end, revision, limit);
            } catch (CompactedException compacted) {
                return null;
            }
        });
        if (page == null) {
            throw new CompactedException();
        }
        return page;
    }

    /** How many objects the store has. */
    long count() throws CompactedException {
        return range(kind.prefix(), StoredKind.end(kind.prefix()), 0, 1).count();
    }

    /** The served object of a stored value, or null when it is no object of this kind. */
    @Nullable
    CachedObject object(String namespace, String name, byte[] value, long revision) {
        try {
            int offset = 0;
            int length = value.length;
            if (kind.encoding() == StoredKind.Encoding.PROTOBUF) {
                Envelope envelope = Envelope.parse(value);
                if (!envelope.kind().equals(kind.kind().kind())
                        || !envelope.apiVersion().equals(kind.kind().apiVersion())) {
                    throw new MalformedException("it is a " + envelope.apiVersion() + " " + envelope.kind());
                }
                offset = envelope.offset();
                length = envelope.length();
            }
            return new CachedObject(shared(namespace), name,
                    indexer.withResourceVersion(value, offset, length, revision), revision);
        } catch (MalformedException | StatusException malformed) {
            metrics.decodeErrors.increment();
            LOG.warn("{} at revision {} is not a {} and is left out: {}", kind.key(namespace, name), revision,
                    kind.kind(), malformed.getMessage());
            return null;
        }
    }

    private String shared(String namespace) {
        if (namespaces.size() >= MAX_SHARED_NAMESPACES) {
            namespaces.clear();
        }
        String first = namespaces.putIfAbsent(namespace, namespace);
        return first == null ? namespace : first;
    }
}
