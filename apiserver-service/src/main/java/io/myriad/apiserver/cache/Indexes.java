package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.Requirement;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;

/**
 * Finds the objects that selectors ask for without looking at all of them. An index of a field or label key is built when
 * lists have had to scan for it a few times, so resources that nobody selects from carry none.
 *
 * <p>Readers take no lock, and yet miss nothing. The writer adds an object to its new values' sets before it publishes the
 * state that has them, and removes it from the old ones' afterwards. So a reader that reads a state a, then the sets, then a
 * state b, has in the sets every object that matches and that no event between a and b was about; and those it
 * takes from the history. What it has is too much rather than too little, and it asks each object in the tree that it
 * lists, which may be older than both. Conditions that demand an absence never use a set, for sets hold too much.
 */
final class Indexes {
    private static final int MAX_INDEXES = 16;
    /** Lists that scan for a field or label before it gets an index. */
    private static final int SCANS_BEFORE_INDEX = 3;
    /** Scanning fewer objects than this is no reason for an index. */
    private static final int SMALL_SCAN = 512;
    /** Objects read by the writer in one go while it builds an index, some milliseconds' worth. */
    private static final int BUILD_SLICE = 4_096;
    /** Values that are united for a condition that a label exists, at the most. */
    private static final int MAX_UNION = 1_024;
    /** Events that a reader makes up for; further behind, it scans. */
    private static final int MAX_CATCH_UP = 4_096;
    private static final int MAX_WANTED = 256;

    /** A field or a label key. */
    private record Key(boolean label, String name) {}

    private record Condition(ValueIndex index, Collection<String> values, long cardinality) {}

    private final Indexer indexer;
    private final Executor writer;
    private final ConcurrentHashMap<Key, ValueIndex> ready = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Key, AtomicInteger> wanted = new ConcurrentHashMap<>();
    private volatile OrdinalMap ordinals = new OrdinalMap();
    /** The writer's: all indexes, those being built included. */
    private final Map<Key, ValueIndex> all = new LinkedHashMap<>();
    private int generation;

    /**
     * @param indexer reads objects
     * @param writer runs tasks on the writer's thread
     */
    Indexes(Indexer indexer, Executor writer) {
        this.indexer = indexer;
        this.writer = writer;
    }

    /**
     * The objects of a state that a filter selects, unordered, or null when scanning is better.
     *
     * @param target the state to list, of any version in the history
     * @param scanSize how many objects a scan would look at
     */
    @Nullable
    List<CachedObject> select(CacheCore core, CacheState target, SelectionFilter filter, int scanSize) {
        if (scanSize < SMALL_SCAN) {
            return null;
        }
        CacheState before = core.state();
        RoaringBitmap set = candidates(core, filter, scanSize / 4);
        if (set == null) {
            return null;
        }
        List<CachedObject> names = new ArrayList<>(set.getCardinality());
        OrdinalMap map = ordinals;
        for (IntIterator each = set.getIntIterator(); each.hasNext();) {
            CachedObject object = map.object(each.next());
            if (object != null) {
                names.add(object);
            }
        }
        CacheState after = core.state();
        if (before.epoch() != target.epoch() || after.epoch() != target.epoch()) {
            return null;
        }
        long from = Math.min(before.sequence(), target.sequence());
        long to = Math.max(after.sequence(), target.sequence());
        if (to - from > MAX_CATCH_UP) {
            return null;
        }
        for (long sequence = from + 1; sequence <= to; sequence++) {
            CacheEvent event = core.history().at(sequence);
            if (event == null) {
                return null;
            }
            names.add(event.object());
        }
        return selected(target, filter, names);
    }

    private static List<CachedObject> selected(CacheState target, SelectionFilter filter, List<CachedObject> names) {
        List<CachedObject> selected = new ArrayList<>(names.size());
        for (CachedObject name : names) {
            CachedObject object = target.tree().get(name.namespace(), name.name());
            if (object != null && filter.matches(object)) {
                selected.add(object);
            }
        }
        return selected;
    }

    /** A set that has every selected object, or null when there is none that is small enough. */
    private @Nullable RoaringBitmap candidates(CacheCore core, SelectionFilter filter, int limit) {
        List<Condition> conditions = new ArrayList<>();
        for (FieldSelector.Requirement requirement : filter.fields()) {
            if (requirement.equal()) {
                condition(core, new Key(false, requirement.field()), List.of(requirement.value()), conditions);
            }
        }
        String name = filter.name();
        if (name != null) {
            condition(core, new Key(false, Indexer.NAME), List.of(name), conditions);
        }
        for (Requirement requirement : filter.labels()) {
            switch (requirement.operator()) {
                case EQUALS, IN -> condition(core, new Key(true, requirement.key()), requirement.values(), conditions);
                case EXISTS -> condition(core, new Key(true, requirement.key()), null, conditions);
                case NOT_EQUALS, NOT_IN, DOES_NOT_EXIST, GREATER_THAN, LESS_THAN -> {}
            }
        }
        conditions.sort(Comparator.comparingLong(Condition::cardinality));
        RoaringBitmap set = null;
        for (Condition condition : conditions) {
            RoaringBitmap next = condition.index().objects(condition.values());
            if (set == null) {
                set = next;
            } else {
                set.and(next);
            }
            if (set.getCardinality() <= SMALL_SCAN / 4) {
                break;
            }
        }
        return set != null && set.getCardinality() <= limit ? set : null;
    }

    private void condition(CacheCore core, Key key, @Nullable Collection<String> values, List<Condition> conditions) {
        ValueIndex index = ready.get(key);
        if (index == null) {
            want(core, key);
        } else if (values != null) {
            conditions.add(new Condition(index, values, index.cardinality(values)));
        } else if (index.distinctValues() <= MAX_UNION) {
            Collection<String> present = List.copyOf(index.values());
            conditions.add(new Condition(index, present, index.cardinality(present)));
        }
    }

    private void want(CacheCore core, Key key) {
        if (wanted.size() >= MAX_WANTED) {
            wanted.clear();
        }
        if (wanted.computeIfAbsent(key, first -> new AtomicInteger()).incrementAndGet() == SCANS_BEFORE_INDEX) {
            writer.execute(() -> build(core, key));
        }
    }

    /** Starts to build an index; called on the writer. */
    private void build(CacheCore core, Key key) {
        if (all.containsKey(key) || all.size() >= MAX_INDEXES || !core.state().ready()) {
            wanted.remove(key);
            return;
        }
        String name = key.name();
        ValueIndex index = new ValueIndex(
                key.label() ? object -> indexer.label(object, name) : object -> indexer.field(object, name));
        all.put(key, index);
        buildSlice(core, key, index, core.state().tree().list().iterator(), generation);
    }

    private void buildSlice(CacheCore core, Key key, ValueIndex index, Iterator<CachedObject> objects,
            int ofGeneration) {
        if (ofGeneration != generation) {
            return;
        }
        ObjectTree tree = core.state().tree();
        for (int i = 0; i < BUILD_SLICE && objects.hasNext(); i++) {
            CachedObject object = objects.next();
            String value = index.value(object);
            // What has changed since the start has come in by its event.
            if (value != null && tree.get(object.namespace(), object.name()) == object) {
                index.add(value, ordinals.assign(object));
            }
        }
        if (objects.hasNext()) {
            writer.execute(() -> buildSlice(core, key, index, objects, ofGeneration));
        } else {
            index.finish();
            ready.put(key, index);
            wanted.remove(key);
        }
    }

    /** Adds the batch's new values. Writer only. */
    void beforePublish(List<CacheEvent> events) {
        if (all.isEmpty()) {
            return;
        }
        for (CacheEvent event : events) {
            CachedObject after = event.after();
            if (after == null) {
                continue;
            }
            int ordinal = ordinals.assign(after);
            for (ValueIndex index : all.values()) {
                String value = index.value(after);
                if (value != null && (index.isBuilding() || !value.equals(index.value(event.before())))) {
                    index.add(value, ordinal);
                }
            }
        }
    }

    /** Removes the batch's old values. Writer only. */
    void afterPublish(List<CacheEvent> events, ObjectTree tree) {
        if (all.isEmpty()) {
            return;
        }
        for (CacheEvent event : events) {
            CachedObject before = event.before();
            if (before == null) {
                continue;
            }
            CachedObject now = tree.get(before.namespace(), before.name());
            int ordinal = ordinals.find(before);
            for (ValueIndex index : all.values()) {
                String value = index.value(before);
                if (ordinal >= 0 && value != null && !value.equals(index.value(now))) {
                    index.remove(value, ordinal);
                }
            }
        }
        for (CacheEvent event : events) {
            CachedObject object = event.object();
            if (event.after() == null && tree.get(object.namespace(), object.name()) == null) {
                ordinals.release(object);
            }
        }
    }

    /** Drops all indexes: the cache is filled anew. Writer only. */
    void clear() {
        generation++;
        ready.clear();
        wanted.clear();
        all.clear();
        ordinals = new OrdinalMap();
    }

    /** How many indexes can be used. */
    int count() {
        return ready.size();
    }
}
