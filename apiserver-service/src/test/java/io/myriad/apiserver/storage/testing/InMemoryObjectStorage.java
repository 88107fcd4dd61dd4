package io.myriad.apiserver.storage.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ContinueToken;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.KeyOrder;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.Selection;
import io.myriad.apiserver.storage.StorageStatus;
import io.myriad.apiserver.storage.WatchCursor;

/**
 * An {@link ObjectStorage} that keeps every change since the beginning and answers by replaying them: too plain to be
 * wrong, and the model that the watch cache is compared with. Made by {@link InMemoryStore#storage}.
 */
public final class InMemoryObjectStorage implements ObjectStorage {
    /** What one write did; {@code before} and {@code after} are null where there was or is no object. */
    private record Change(long revision, @Nullable CachedObject before, @Nullable CachedObject after) {
        CachedObject object() {
            return after != null ? after : before;
        }
    }

    private final InMemoryStore store;
    private final String groupResource;
    private final Indexer indexer;
    private final List<Change> history = new ArrayList<>();
    private final TreeMap<String, CachedObject> current = new TreeMap<>(
            Comparator.comparing((String key) -> key, KeyOrder::compare));
    private final Map<String, Long> expirySeconds = new HashMap<>();
    private final List<Cursor> cursors = new CopyOnWriteArrayList<>();

    InMemoryObjectStorage(InMemoryStore store, String groupResource, Indexer indexer) {
        this.store = store;
        this.groupResource = groupResource;
        this.indexer = indexer;
    }

    @Override
    public @Nullable CachedObject get(String namespace, String name, String resourceVersion) {
        synchronized (store) {
            requireReached(StorageStatus.parseVersion(resourceVersion));
            return current.get(KeyOrder.key(namespace, name));
        }
    }

    @Override
    public ListResult list(ListQuery query) {
        synchronized (store) {
            long requested = StorageStatus.parseVersion(query.resourceVersion());
            if (!query.continueToken().isEmpty()) {
                ContinueToken token = ContinueToken.decode(query.continueToken());
                if (token.resourceVersion() == ContinueToken.INCONSISTENT) {
                    return page(query, store.revision(), current, token.start());
                }
                if (token.resourceVersion() < store.compactedRevision()) {
                    throw StorageStatus.tooOldToContinue(token.start());
                }
                return page(query, token.resourceVersion(), stateAt(token.resourceVersion()), token.start());
            }
            requireReached(requested);
            boolean legacyExact = query.match() == VersionMatch.UNSET && query.limit() > 0 && requested > 0;
            if (query.match() == VersionMatch.EXACT || legacyExact) {
                return page(query, requested, stateAt(requested), "");
            }
            boolean any = query.resourceVersion().equals("0");
            ListQuery asked = any
                    ? new ListQuery(query.selection(), "0", query.match(), 0, "")
                    : query;
            return page(asked, store.revision(), current, "");
        }
    }

    private ListResult page(ListQuery query, long version, TreeMap<String, CachedObject> state, String start) {
        Selection selection = query.selection();
        String prefix = selection.namespace().isEmpty() ? "" : selection.namespace() + "/";
        List<CachedObject> items = new ArrayList<>();
        long remaining = 0;
        for (Map.Entry<String, CachedObject> entry : state.tailMap(prefix + start, true).entrySet()) {
            if (!selects(selection, entry.getValue())) {
                continue;
            }
            if (query.limit() > 0 && items.size() == query.limit()) {
                remaining++;
            } else {
                items.add(entry.getValue());
            }
        }
        if (remaining == 0) {
            return new ListResult(version, items, "", null);
        }
        CachedObject last = items.getLast();
        String lastKey = KeyOrder.key(last.namespace(), last.name()).substring(prefix.length());
        boolean counted = selection.labels().isEverything() && selection.fields().isEverything();
        return new ListResult(version, items, ContinueToken.after(version, lastKey).encode(),
                counted ? remaining : null);
    }

    private TreeMap<String, CachedObject> stateAt(long version) {
        if (version < store.compactedRevision()) {
            throw StorageStatus.tooOldToList(version);
        }
        TreeMap<String, CachedObject> state = new TreeMap<>(current.comparator());
        for (Change change : history) {
            if (change.revision() > version) {
                break;
            }
            CachedObject after = change.after();
            String key = KeyOrder.key(change.object().namespace(), change.object().name());
            if (after == null) {
                state.remove(key);
            } else {
                state.put(key, after);
            }
        }
        return state;
    }

    private boolean selects(Selection selection, CachedObject object) {
        if (!selection.namespace().isEmpty() && !selection.namespace().equals(object.namespace())) {
            return false;
        }
        Map<String, String> labels = new HashMap<>();
        indexer.labels(object, labels::put);
        return selection.labels().matches(labels)
                && selection.fields().matches(field -> indexer.field(object, field));
    }

    private void requireReached(long version) {
        if (version > store.revision()) {
            throw StorageStatus.tooLarge(version, store.revision());
        }
    }

    @Override
    public CachedObject create(String namespace, String name, byte[] stored, long ttlSeconds) {
        CachedObject created;
        synchronized (store) {
            if (current.containsKey(KeyOrder.key(namespace, name))) {
                throw new StatusException(Status.alreadyExists(groupResource, name));
            }
            created = put(namespace, name, stored, ttlSeconds, null);
        }
        wakeWatches();
        return created;
    }

    @Override
    public boolean isStored(CachedObject version, byte[] stored) {
        return Arrays.equals(indexer.withResourceVersion(stored, version.resourceVersion()), version.bytes());
    }

    @Override
    public @Nullable CachedObject replace(CachedObject expected, byte[] stored, long ttlSeconds) {
        CachedObject replaced;
        synchronized (store) {
            CachedObject now = current.get(KeyOrder.key(expected.namespace(), expected.name()));
            if (now == null || now.resourceVersion() != expected.resourceVersion()) {
                return null;
            }
            replaced = put(expected.namespace(), expected.name(), stored, ttlSeconds, now);
        }
        wakeWatches();
        return replaced;
    }

    @Override
    public @Nullable CachedObject remove(CachedObject expected) {
        CachedObject removed;
        synchronized (store) {
            CachedObject now = current.get(KeyOrder.key(expected.namespace(), expected.name()));
            if (now == null || now.resourceVersion() != expected.resourceVersion()) {
                return null;
            }
            removed = delete(now);
        }
        wakeWatches();
        return removed;
    }

    private CachedObject put(String namespace, String name, byte[] stored, long ttlSeconds,
            @Nullable CachedObject before) {
        String key = KeyOrder.key(namespace, name);
        CachedObject after = at(new CachedObject(namespace, name, stored, 0), store.nextRevision());
        current.put(key, after);
        if (ttlSeconds > 0) {
            expirySeconds.put(key, store.nowSeconds() + ttlSeconds);
        } else {
            expirySeconds.remove(key);
        }
        history.add(new Change(after.resourceVersion(), before, after));
        return after;
    }

    private CachedObject delete(CachedObject before) {
        String key = KeyOrder.key(before.namespace(), before.name());
        long revision = store.nextRevision();
        current.remove(key);
        expirySeconds.remove(key);
        history.add(new Change(revision, before, null));
        return at(before, revision);
    }

    /** The object with another version, in its bytes too. */
    private CachedObject at(CachedObject object, long version) {
        return new CachedObject(object.namespace(), object.name(),
                indexer.withResourceVersion(object.bytes(), version), version);
    }

    /** Removes objects whose time to live is over; called under the store's lock. */
    void removeExpired() {
        List<CachedObject> over = new ArrayList<>();
        expirySeconds.forEach((key, second) -> {
            if (second <= store.nowSeconds()) {
                over.add(current.get(key));
            }
        });
        over.forEach(this::delete);
    }

    void wakeWatches() {
        for (Cursor cursor : cursors) {
            cursor.onReady.run();
        }
    }

    @Override
    public long currentResourceVersion() {
        return store.revision();
    }

    @Override
    public long count() {
        synchronized (store) {
            return current.size();
        }
    }

    @Override
    public WatchCursor watch(WatchQuery query, Runnable onReady) {
        synchronized (store) {
            Cursor cursor = new Cursor(query, onReady);
            cursors.add(cursor);
            return cursor;
        }
    }

    /** Reads the history, from an index on. */
    private final class Cursor implements WatchCursor {
        private final Selection selection;
        private final boolean bookmarks;
        private final Runnable onReady;
        private final Deque<Event> ready = new ArrayDeque<>();
        private int next;
        private long position;

        Cursor(WatchQuery query, Runnable onReady) {
            this.selection = query.selection();
            this.bookmarks = query.bookmarks();
            this.onReady = onReady;
            long requested = StorageStatus.parseVersion(query.resourceVersion());
            Boolean initial = query.sendInitialEvents();
            boolean fromState = initial == null ? requested == 0 : initial;
            if (fromState && requested > store.revision()) {
                ready.add(new Event(EventType.ERROR, null, 0, false,
                        StorageStatus.tooLarge(requested, store.revision()).status()));
                next = Integer.MAX_VALUE;
            } else if (fromState) {
                position = store.revision();
                next = history.size();
                for (CachedObject object : current.values()) {
                    if (selects(selection, object)) {
                        ready.add(new Event(EventType.ADDED, object, object.resourceVersion(), false, null));
                    }
                }
                if (initial != null && bookmarks) {
                    ready.add(new Event(EventType.BOOKMARK, null, position, true, null));
                }
            } else if (requested == 0) {
                position = store.revision();
                next = history.size();
            } else if (requested < store.compactedRevision()) {
                ready.add(new Event(EventType.ERROR, null, 0, false,
                        StorageStatus.tooOldToWatch(requested, store.compactedRevision())));
                next = Integer.MAX_VALUE;
            } else {
                position = requested;
                while (next < history.size() && history.get(next).revision() <= requested) {
                    next++;
                }
            }
        }

        @Override
        public @Nullable Event poll() {
            synchronized (store) {
                advance();
                return ready.poll();
            }
        }

        /** Looks for the next event that is for this watch. */
        private void advance() {
            while (ready.isEmpty() && next < history.size()) {
                Change change = history.get(next++);
                if (change.revision() > position) {
                    position = change.revision();
                    Event event = seen(change);
                    if (event != null) {
                        ready.add(event);
                    }
                }
            }
        }

        private @Nullable Event seen(Change change) {
            CachedObject before = change.before();
            CachedObject after = change.after();
            boolean was = before != null && selects(selection, before);
            boolean is = after != null && selects(selection, after);
            if (is) {
                return new Event(was ? EventType.MODIFIED : EventType.ADDED, after, change.revision(), false, null);
            }
            return was
                    ? new Event(EventType.DELETED, at(before, change.revision()), change.revision(), false, null)
                    : null;
        }

        @Override
        public @Nullable Event bookmark() {
            synchronized (store) {
                advance();
                if (!bookmarks || !ready.isEmpty() || next == Integer.MAX_VALUE || store.revision() < position) {
                    return null;
                }
                position = store.revision();
                return new Event(EventType.BOOKMARK, null, position, false, null);
            }
        }

        @Override
        public void close() {
            synchronized (store) {
                cursors.remove(this);
                ready.clear();
                next = Integer.MAX_VALUE;
            }
        }
    }
}
