package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.KeyValueStore.CompactedException;
import io.myriad.apiserver.storage.StoredKind;

/** Reads all objects of a resource from the store, in pages of some megabytes at one revision. */
final class CacheLoader {
    private static final int FIRST_PAGE = 500;
    private static final int MAX_PAGE = 10_000;
    private static final long PAGE_BYTES = 4L << 20;

    /** What was read: all objects, in key order, at a revision. */
    record Loaded(List<CachedObject> objects, long revision) {}

    private CacheLoader() {}

    /**
     * Reads the objects at the revision that is current when the first page is read.
     *
     * @param known the objects that are known: the same versions are taken from there, so that they are not kept twice
     * @throws CompactedException when reading took longer than the store keeps its history
     */
    static Loaded load(ResourceStore store, ObjectTree known) throws CompactedException {
        String start = store.kind().prefix();
        String end = StoredKind.end(start);
        List<CachedObject> objects = new ArrayList<>();
        long revision = 0;
        int limit = FIRST_PAGE;
        while (true) {
            ResourceStore.Page page = store.page(start, end, revision, limit);
            revision = page.revision();
            if (objects.isEmpty()) {
                objects = new ArrayList<>((int) Math.min(page.count(), Integer.MAX_VALUE / 2));
            }
            long bytes = 1;
            for (CachedObject object : page.objects()) {
                bytes += object.bytes().length;
                CachedObject old = known.get(object.namespace(), object.name());
                objects.add(old != null && old.resourceVersion() == object.resourceVersion() ? old : object);
            }
            if (page.next().isEmpty()) {
                return new Loaded(objects, revision);
            }
            start = page.next();
            long average = bytes / Math.max(1, page.objects().size()) + 1;
            limit = (int) Math.clamp(PAGE_BYTES / average, 1, MAX_PAGE);
        }
    }
}
