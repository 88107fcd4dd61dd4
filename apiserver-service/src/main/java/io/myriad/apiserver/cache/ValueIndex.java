package io.myriad.apiserver.cache;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

import io.myriad.apiserver.storage.CachedObject;

/**
 * The objects by the values of one field or of one label key. Built by the writer in slices, and changed by it; read by
 * anybody once it is ready. Each value's set is immutable and replaced as a whole.
 */
final class ValueIndex {
    private final Function<CachedObject, @Nullable String> valueOf;
    private final ConcurrentHashMap<String, Posting> postings = new ConcurrentHashMap<>();
    /** The sets while they are being built; null afterwards. */
    private @Nullable Map<String, RoaringBitmap> building = new HashMap<>();

    /**
     * An empty index, being built.
     *
     * @param valueOf reads the value, or null where an object has none
     */
    ValueIndex(Function<CachedObject, @Nullable String> valueOf) {
        this.valueOf = valueOf;
    }

    @Nullable
    String value(@Nullable CachedObject object) {
        return object == null ? null : valueOf.apply(object);
    }

    boolean isBuilding() { return building != null; }

    void add(String value, int ordinal) {
        if (building != null) {
            building.computeIfAbsent(value, unseen -> new RoaringBitmap()).add(ordinal);
        } else {
            postings.put(value, postings.getOrDefault(value, Posting.EMPTY).with(ordinal));
        }
    }

    void remove(String value, int ordinal) {
        if (building != null) {
            RoaringBitmap set = building.get(value);
            if (set != null) {
                set.remove(ordinal);
            }
            return;
        }
        Posting rest = postings.getOrDefault(value, Posting.EMPTY).without(ordinal);
        if (rest.cardinality() == 0) {
            postings.remove(value);
        } else {
            postings.put(value, rest);
        }
    }

    /** Ends building; afterwards the index may be read. */
    void finish() {
        Map<String, RoaringBitmap> sets = building;
        if (sets != null) {
            building = null;
            sets.forEach((value, set) -> {
                if (!set.isEmpty()) {
                    postings.put(value, Posting.of(set));
                }
            });
        }
    }

    /** How many objects have one of the values, counted in each. */
    long cardinality(Collection<String> values) {
        long total = 0;
        for (String value : values) {
            total += postings.getOrDefault(value, Posting.EMPTY).cardinality();
        }
        return total;
    }

    /** The objects that have one of the values. */
    RoaringBitmap objects(Collection<String> values) {
        RoaringBitmap set = new RoaringBitmap();
        for (String value : values) {
            postings.getOrDefault(value, Posting.EMPTY).addTo(set);
        }
        return set;
    }

    /** All values there are. */
    Collection<String> values() {
        return postings.keySet();
    }

    int distinctValues() {
        return postings.size();
    }
}
