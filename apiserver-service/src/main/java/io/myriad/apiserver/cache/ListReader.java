package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ContinueToken;
import io.myriad.apiserver.storage.KeyOrder;
import io.myriad.apiserver.storage.KeyValueStore.CompactedException;
import io.myriad.apiserver.storage.ObjectStorage.ListResult;
import io.myriad.apiserver.storage.StoredKind;

/** Picks the objects of a list out of a state of the cache, or out of the store where the cache does not reach. */
final class ListReader {
    private static final Comparator<CachedObject> KEY_ORDER = (left, right) -> KeyOrder.compare(left.namespace(),
            left.name(), right.namespace(), right.name());
    private static final int MAX_STORE_PAGE = 1_000;

    private final ResourceStore store;
    private final CacheCore core;

    ListReader(ResourceStore store, CacheCore core) {
        this.store = store;
        this.core = core;
    }

    /** All objects of a state that a filter selects, in key order. */
    List<CachedObject> select(CacheState state, SelectionFilter filter) {
        return select(state, filter, namespaceStart(filter), namespaceEnd(state, filter), 0);
    }

    private static String namespaceStart(SelectionFilter filter) {
        return filter.namespace().isEmpty() ? "" : filter.namespace() + "/";
    }

    private int namespaceEnd(CacheState state, SelectionFilter filter) {
        String start = core.kind().namespaced() ? namespaceStart(filter) : "";
        return start.isEmpty() ? state.tree().size() : state.tree().rank(StoredKind.end(start));
    }

    /**
     * A page of a list.
     *
     * @param view the state to list, and the version to call it
     * @param prefix what continue tokens leave out of keys: the namespace that was asked for, with a slash, or nothing
     * @param start where to go on behind {@code prefix}, or empty
     * @param limit the most objects, 0 for all
     */
    ListResult page(WatchCache.View view, SelectionFilter filter, String prefix, String start, long limit) {
        CacheState state = view.state();
        String from = start.isEmpty() ? namespaceStart(filter) : prefix + start;
        int end = namespaceEnd(state, filter);
        List<CachedObject> found = select(state, filter, from, end, limit == 0 ? 0 : limit + 1);
        if (limit == 0 || found.size() <= limit) {
            return new ListResult(view.revision(), found, "", null);
        }
        List<CachedObject> items = found.subList(0, (int) limit);
        String last = KeyOrder.key(items.getLast().namespace(), items.getLast().name());
        Long remaining = filter.isWholeNamespace() && namespaceStart(filter).equals(prefix)
                ? (Long) (end - state.tree().rank(from) - limit)
                : null;
        return new ListResult(view.revision(), items,
                ContinueToken.after(view.revision(), last.substring(prefix.length())).encode(), remaining);
    }

    /** Selected objects from a key on up to a position, at most {@code most} unless it is 0. */
    private List<CachedObject> select(CacheState state, SelectionFilter filter, String from, int end, long most) {
        if (filter.isNothing()) {
            return List.of();
        }
        String name = filter.name();
        if (name != null && (!filter.namespace().isEmpty() || !core.kind().namespaced())) {
            CachedObject only = state.tree().get(filter.namespace(), name);
            boolean selected = only != null && filter.matches(only) && isFrom(only, from);
            return selected ? List.of(only) : List.of();
        }
        // A token cannot lead out of the namespace.
        int start = Math.clamp(state.tree().rank(from), Math.min(state.tree().rank(namespaceStart(filter)), end), end);
        if (filter.isWholeNamespace()) {
            int to = most == 0 ? end : (int) Math.min(end, start + most);
            store.metrics().list("", to - start);
            return state.tree().list(start, to);
        }
        List<CachedObject> indexed = core.indexes().select(core, state, filter, end - start);
        List<CachedObject> selected = indexed != null
                ? inOrder(indexed, from, most)
                : scan(state.tree().list(start, end), filter, most);
        store.metrics().list(indexed == null ? "" : "selector", selected.size());
        return selected;
    }

    private static boolean isFrom(CachedObject object, String from) {
        return KeyOrder.compareToText(object.namespace(), object.name(), from) >= 0;
    }

    private static List<CachedObject> scan(List<CachedObject> objects, SelectionFilter filter, long most) {
        List<CachedObject> selected = new ArrayList<>();
        for (CachedObject object : objects) {
            if (filter.matches(object)) {
                selected.add(object);
                if (selected.size() == most) {
                    break;
                }
            }
        }
        return selected;
    }

    /** Sorts what an index gave, which may have an object twice. */
    private static List<CachedObject> inOrder(List<CachedObject> found, String from, long most) {
        found.sort(KEY_ORDER);
        List<CachedObject> selected = new ArrayList<>(found.size());
        CachedObject last = null;
        for (CachedObject object : found) {
            if (object != last && isFrom(object, from)) {
                selected.add(object);
                if (selected.size() == most) {
                    break;
                }
            }
            last = object;
        }
        return selected;
    }

    /**
     * A page of a list of a version that the cache does not have.
     *
     * @param revision the version, or 0 for the current one
     */
    ListResult fromStore(SelectionFilter filter, String prefix, String start, long limit, long revision)
            throws CompactedException {
        String namespaceKey = store.kind().prefix() + (store.kind().namespaced() ? namespaceStart(filter) : "");
        String from = store.kind().prefix() + prefix + start;
        if (KeyOrder.compare(from, namespaceKey) < 0) {
            from = namespaceKey;
        }
        String end = StoredKind.end(namespaceKey);
        List<CachedObject> items = new ArrayList<>();
        long version = revision;
        long count = -1;
        CachedObject next = null;
        while (next == null && !from.isEmpty() && !filter.isNothing()) {
            long wanted = limit == 0 ? MAX_STORE_PAGE : limit + 1 - items.size();
            boolean selective = !filter.isWholeNamespace();
            ResourceStore.Page page = store.page(from, end, version,
                    (int) (selective ? MAX_STORE_PAGE : Math.min(wanted, MAX_STORE_PAGE)));
            version = revision == 0 ? page.revision() : revision;
            count = count < 0 ? page.count() : count;
            next = take(page.objects(), filter, limit, items);
            from = page.next();
        }
        if (next == null) {
            return new ListResult(version, items, "", null);
        }
        String last = KeyOrder.key(items.getLast().namespace(), items.getLast().name());
        Long remaining = filter.isWholeNamespace() && namespaceStart(filter).equals(prefix)
                ? (Long) (count - limit)
                : null;
        return new ListResult(version, items,
                ContinueToken.after(version, last.substring(prefix.length())).encode(), remaining);
    }

    /** Takes the selected ones up to the limit. Answers with the first one beyond it, or null. */
    private static @Nullable CachedObject take(List<CachedObject> objects, SelectionFilter filter, long limit,
            List<CachedObject> items) {
        for (CachedObject object : objects) {
            if (filter.matches(object)) {
                if (limit > 0 && items.size() == limit) {
                    return object;
                }
                items.add(object);
            }
        }
        return null;
    }
}
