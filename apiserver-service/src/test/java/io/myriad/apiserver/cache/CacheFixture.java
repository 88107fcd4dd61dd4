package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import io.myriad.api.codec.Envelope;
import io.myriad.api.schema.Schema;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.KeyOrder;
import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.Selection;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.StoredKind;
import io.myriad.apiserver.storage.testing.InMemoryKeyValueStore;
import io.myriad.apiserver.storage.testing.TestPods;

/** A cache of pods over a store in memory, and what that store's history says the cache should answer. */
final class CacheFixture implements AutoCloseable {
    static final CacheLimits SMALL = new CacheLimits(64, 1 << 14, 75_000, 64L << 20, 16, 2_000, 5_000, 1 << 20);

    final InMemoryKeyValueStore store;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Storages storages;
    final WatchCache cache;
    private final Indexer indexer = TestPods.indexer();
    private final StoredKind kind;

    CacheFixture(long seed, CacheLimits limits) {
        store = new InMemoryKeyValueStore(new Random(seed));
        StorageKeys keys = new StorageKeys("/registry/");
        kind = keys.builtin(TestPods.resource());
        storages = new Storages(Schema.builtin(), keys, store, Map.of(), any -> TestPods.SELECTABLE, metrics, limits);
        storages.start();
        cache = (WatchCache) storages.builtin(TestPods.resource());
    }

    static Selection select(String namespace, String labels, String fields) {
        return new Selection(namespace, LabelSelector.parse(labels), FieldSelector.parse(fields));
    }

    static ObjectStorage.ListQuery query(Selection selection) {
        return new ObjectStorage.ListQuery(selection, "", ObjectStorage.VersionMatch.UNSET, 0, "");
    }

    CachedObject create(String namespace, String name, String node, Map<String, String> labels) {
        return cache.create(namespace, name, TestPods.pod(namespace, name, node, labels, "1"), 0);
    }

    /** The served object of a stored value. */
    private CachedObject object(Change change) {
        StoredKind.Place place = kind.place(change.key());
        byte[] value = change.value();
        Envelope envelope = Envelope.parse(value);
        return new CachedObject(place.namespace(), place.name(),
                indexer.withResourceVersion(value, envelope.offset(), envelope.length(), change.revision()),
                change.revision());
    }

    boolean selects(Selection selection, CachedObject object) {
        Map<String, String> labels = new TreeMap<>();
        indexer.labels(object, labels::put);
        return (selection.namespace().isEmpty() || selection.namespace().equals(object.namespace()))
                && selection.labels().matches(labels)
                && selection.fields().matches(field -> indexer.field(object, field));
    }

    /** The selected objects at a version, as {@code namespace/name@version}, in key order. */
    List<String> expectedList(List<Change> history, Selection selection, long version) {
        TreeMap<String, CachedObject> state = new TreeMap<>(KeyOrder::compare);
        for (Change change : history) {
            if (change.revision() <= version) {
                if (change.value() == null) {
                    state.remove(change.key());
                } else {
                    state.put(change.key(), object(change));
                }
            }
        }
        List<String> expected = new ArrayList<>();
        for (CachedObject object : state.values()) {
            if (selects(selection, object)) {
                expected.add(show(object));
            }
        }
        return expected;
    }

    /** The events of a watch from a version on, as {@code TYPE namespace/name@version}. */
    List<String> expectedEvents(List<Change> history, Selection selection, long from) {
        TreeMap<String, CachedObject> state = new TreeMap<>(KeyOrder::compare);
        List<String> expected = new ArrayList<>();
        for (Change change : history) {
            CachedObject before = state.get(change.key());
            CachedObject after = change.value() == null ? null : object(change);
            if (after == null) {
                state.remove(change.key());
            } else {
                state.put(change.key(), after);
            }
            if (change.revision() <= from) {
                continue;
            }
            boolean was = before != null && selects(selection, before);
            boolean is = after != null && selects(selection, after);
            if (is) {
                expected.add((was ? "MODIFIED " : "ADDED ") + show(after));
            } else if (was) {
                expected.add("DELETED " + KeyOrder.key(before.namespace(), before.name()) + "@" + change.revision());
            }
        }
        return expected;
    }

    static String show(CachedObject object) {
        return KeyOrder.key(object.namespace(), object.name()) + "@" + object.resourceVersion();
    }

    @Override
    public void close() {
        storages.close();
    }
}
