package io.myriad.apiserver.storage.testing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.KeyOrder;
import io.myriad.apiserver.storage.KeyValueStore;

/**
 * A store for tests, with the whole history in memory. Watches deliver in batches of random sizes, and only what they
 * watch, so that progress has to be asked for; they can be held back, the history compacted, the store made to fail or
 * to go back. Everything happens under one lock but the calls of listeners.
 */
public final class InMemoryKeyValueStore implements KeyValueStore {
    private record Entry(KeyValue item, long endSeconds) {}

    private final RandomGenerator random;
    private final TreeMap<String, Entry> current = new TreeMap<>(Comparator.comparing((String key) -> key,
            KeyOrder::compare));
    private final List<Change> history = new ArrayList<>();
    private final List<OpenWatch> watches = new CopyOnWriteArrayList<>();
    private long revision = 1;
    private long compacted;
    private long announcedCompaction;
    private long nowSeconds;
    private boolean held;
    private @Nullable StatusException failure;
    private int revisionRequests;

    public InMemoryKeyValueStore(RandomGenerator random) {
        this.random = random;
    }

    /** Stops or resumes all deliveries to watches. */
    public void hold(boolean hold) {
        synchronized (this) {
            held = hold;
        }
        pump();
    }

    /** Makes every call fail with this, or none with null. */
    public synchronized void fail(@Nullable StatusException with) {
        failure = with;
    }

    /** Forgets the history before a revision. */
    public void compact(long before) {
        synchronized (this) {
            compacted = Math.max(compacted, before);
            announcedCompaction = compacted;
        }
        pump();
    }

    /** Lets time pass. */
    public void advanceSeconds(long seconds) {
        synchronized (this) {
            nowSeconds += seconds;
            List<String> over = new ArrayList<>();
            current.forEach((key, entry) -> {
                if (entry.endSeconds() > 0 && entry.endSeconds() <= nowSeconds) {
                    over.add(key);
                }
            });
            over.forEach(key -> write(key, null, 0));
        }
        pump();
    }

    /** Undoes everything after a revision, as a restored backup does. */
    public synchronized void goBack(long to) {
        history.removeIf(change -> change.revision() > to);
        revision = to;
        current.clear();
        current.putAll(stateAt(to));
    }

    /** Everything that was ever written, in order. */
    public synchronized List<Change> history() {
        return List.copyOf(history);
    }

    /** How often the revision was asked for. */
    public synchronized int revisionRequests() {
        return revisionRequests;
    }

    /** How many watches are open. */
    public int openWatches() {
        return watches.size();
    }

    private void check() {
        if (failure != null) {
            throw failure;
        }
    }

    private TreeMap<String, Entry> stateAt(long at) {
        TreeMap<String, Entry> state = new TreeMap<>(current.comparator());
        for (Change change : history) {
            byte[] value = change.value();
            if (change.revision() > at) {
                break;
            } else if (value == null) {
                state.remove(change.key());
            } else {
                state.put(change.key(), new Entry(new KeyValue(change.key(), value, change.revision()), 0));
            }
        }
        return state;
    }

    private long write(String key, byte @Nullable [] value, long ttlSeconds) {
        revision++;
        if (value == null) {
            current.remove(key);
        } else {
            current.put(key, new Entry(new KeyValue(key, value, revision),
                    ttlSeconds == 0 ? 0 : nowSeconds + ttlSeconds));
        }
        history.add(new Change(key, value, revision));
        return revision;
    }

    @Override
    public synchronized @Nullable KeyValue get(String key) {
        check();
        Entry entry = current.get(key);
        return entry == null ? null : entry.item();
    }

    @Override
    public synchronized Page range(String start, String end, long at, int limit) throws CompactedException {
        check();
        if (at > 0 && at < compacted) {
            throw new CompactedException();
        }
        Map<String, Entry> range = (at == 0 || at == revision ? current : stateAt(at)).subMap(start, true, end, false);
        List<KeyValue> items = range.values().stream().limit(limit).map(Entry::item).toList();
        return new Page(items, revision, items.size() < range.size(), range.size());
    }

    @Override
    public long create(String key, byte[] value, long ttlSeconds) {
        return replace(key, 0, value, ttlSeconds);
    }

    @Override
    public long replace(String key, long expected, byte[] value, long ttlSeconds) {
        return change(key, expected, value, ttlSeconds);
    }

    @Override
    public long remove(String key, long expected) {
        return change(key, expected, null, 0);
    }

    private long change(String key, long expected, byte @Nullable [] value, long ttlSeconds) {
        long written;
        synchronized (this) {
            check();
            Entry entry = current.get(key);
            if (expected != (entry == null ? 0 : entry.item().revision())) {
                return 0;
            }
            written = write(key, value, ttlSeconds);
        }
        pump();
        return written;
    }

    @Override
    public synchronized Revisions revisions() {
        check();
        revisionRequests++;
        return new Revisions(revision, announcedCompaction);
    }

    private void pump() {
        watches.forEach(OpenWatch::schedule);
    }

    @Override
    public Watch watch(String start, String end, long fromRevision, Executor executor, Listener listener) {
        OpenWatch watch = new OpenWatch(start, end, fromRevision, executor, listener);
        watches.add(watch);
        watch.schedule();
        return watch;
    }

    @Override
    public void close() {
        watches.clear();
    }

    private final class OpenWatch implements Watch {
        private final String start;
        private final String end;
        private final Executor executor;
        private final Listener listener;
        private long next;
        private int position;

        OpenWatch(String start, String end, long next, Executor executor, Listener listener) {
            this.start = start;
            this.end = end;
            this.next = next;
            this.executor = executor;
            this.listener = listener;
        }

        void schedule() {
            executor.execute(() -> deliver(false));
        }

        @Override
        public void requestProgress() {
            executor.execute(() -> deliver(true));
        }

        private void deliver(boolean progress) {
            while (watches.contains(this)) {
                List<Change> batch;
                long complete = 0;
                synchronized (InMemoryKeyValueStore.this) {
                    if (held) {
                        return;
                    }
                    if (next < compacted) {
                        watches.remove(this);
                        batch = List.of();
                    } else {
                        batch = nextBatch();
                        complete = batch.isEmpty() ? revision : batch.getLast().revision();
                    }
                    next = complete + 1;
                }
                if (complete == 0) {
                    listener.compacted();
                    return;
                }
                if (!batch.isEmpty()) {
                    listener.changes(batch, complete);
                } else {
                    if (progress) {
                        listener.progress(complete);
                    }
                    return;
                }
            }
        }

        private List<Change> nextBatch() {
            List<Change> batch = new ArrayList<>();
            int most = random.nextInt(1, 8);
            position = Math.min(position, history.size());
            while (position < history.size() && batch.size() < most) {
                Change change = history.get(position++);
                if (change.revision() >= next && KeyOrder.compare(change.key(), start) >= 0
                        && KeyOrder.compare(change.key(), end) < 0) {
                    batch.add(change);
                }
            }
            return batch;
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
