package io.myriad.store.mvcc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;

/**
 * The store in memory: {@link KeyTree} for the newest versions, {@link EventLog} for history, version chains for old revisions.
 *
 * <p><b>Concurrency.</b> One thread calls everything but {@link #view} and {@link #compactedRevision}. Readers work on a published {@link StoreView}. The only mutation they
 * can meet is compaction clearing chain links, which they detect by asking for the compacted revision afterwards.
 *
 * <p><b>Compaction.</b> The history says which versions each revision wrote, so compaction visits exactly the versions between the old and the new compacted revision: it
 * clears the link behind each, and removes a key whose newest version is a tombstone among them. A tombstone of the compacted revision itself stays until the next compaction: watchers may begin there, and
 * what a checkpoint holds is what they get after a restart. While a snapshot is being written ({@link #pin}) links stay, and are
 * cleared when something is published after it; so do events that watchers have not been offered, or that no checkpoint holds, yet
 * ({@link #keepHistoryAfter}).
 */
public final class MvccStore implements RevisionStore {

    /** The revision of an empty store. */
    public static final long FIRST_REVISION = 1;

    private final KeyTree.Editor tree;
    private final EventLog events = new EventLog();
    private final Latest latest = new Latest();
    private final AtomicInteger pins = new AtomicInteger();
    private final ArrayDeque<KeyVersion> toCut = new ArrayDeque<>();
    /** Deletions of the compacted revision, with which the history begins: they go with the next compaction. */
    private final List<KeyVersion> firstDeletions = new ArrayList<>();
    private long revision = FIRST_REVISION;
    private Footprint.Sum footprint = new Footprint.Sum();
    private long queuedRevision;
    private LongSupplier dispatchedRevision = () -> Long.MAX_VALUE;
    private Removals removals = (modRevision, subRevision) -> {};
    private ValueCache values;
    private volatile long compactedRevision;
    private volatile StoreView view;

    /** A store that keeps everything in memory. */
    public MvccStore() {
        this(KeyTree.EMPTY, ValueCache.EVERYTHING);
    }

    private MvccStore(KeyTree initial, ValueCache values) {
        this.values = values;
        tree = new KeyTree.Editor(initial);
        view = new StoreView(initial, events.view(), revision, this);
    }

    @Override
    public StoreView view() {
        return view;
    }

    long compactedRevision() {
        return compactedRevision;
    }

    /** What all versions take that are kept, history included. The writer's thread. */
    public Footprint footprint() {
        return footprint.toFootprint();
    }

    /** Bytes that memory does not hold because values were let go. Any thread. */
    public long savedBytes() {
        return values.savedBytes();
    }

    /** From now on values may be let go that lie elsewhere too ({@link SnapshotSource#evict}). Before the first write. */
    public void keepValuesIn(ValueSource source, ValueBudget budget, ValueFigures figures) {
        values = new ValueCache(source, budget, figures);
    }

    ValueCache values() {
        return values;
    }

    @Override
    public ReadView latest() {
        return latest;
    }

    @Override
    public void publish() {
        boolean removed = !toCut.isEmpty() && cut(dispatchedRevision.getAsLong());
        if (removed || view.revision() != revision || view.events().begin() != events.view().begin()) {
            view = new StoreView(tree.snapshot(), events.view(), revision, this);
        }
    }

    @Override
    public WriteView begin() {
        return new Transaction();
    }

    @Override
    public RevisionStatus compact(long target) {
        if (target > revision) {
            return RevisionStatus.FUTURE;
        }
        if (target <= compactedRevision) {
            return RevisionStatus.COMPACTED;
        }
        EventLog.View history = events.view();
        Failpoint.COMPACT_BEFORE_COMMIT_SCHEDULED_COMPACT.hit();
        // Readers must see the new compacted revision before the first link goes.
        compactedRevision = target;
        firstDeletions.reversed().forEach(toCut::addFirst);
        firstDeletions.clear();
        Failpoint.COMPACT_AFTER_COMMIT_SCHEDULED_COMPACT.hit();
        long queued = queuedRevision;
        for (long position = history.positionOf(queued + 1); position < history.end(); position++) {
            KeyVersion version = history.get(position);
            if (version.modRevision() > target) {
                break;
            }
            toCut.add(version);
        }
        queuedRevision = target;
        long offered = dispatchedRevision.getAsLong();
        events.trimBefore(Math.min(target, offered < Long.MAX_VALUE ? offered + 1 : offered));
        Failpoint.COMPACT_BEFORE_COMMIT_BATCH.hit();
        cut(offered);
        Failpoint.COMPACT_AFTER_COMMIT_BATCH.hit();
        return RevisionStatus.AVAILABLE;
    }

    /** Events after the revision that the supplier gives stay in the history whatever is compacted. The supplier may be asked at any time. */
    public void keepHistoryAfter(LongSupplier supplier) {
        dispatchedRevision = supplier;
    }

    /** Takes the places of versions that compaction removed. */
    @FunctionalInterface
    public interface Removals {
        void accept(long modRevision, int subRevision);
    }

    /** Tells of each version that compaction removes from now on, on the writer's thread. */
    public void onRemoval(Removals consumer) {
        removals = consumer;
    }

    /** Whether a key went. */
    private boolean cut(long offered) {
        boolean removed = false;
        if (pins.get() > 0) {
            return removed;
        }
        for (KeyVersion version; (version = toCut.peek()) != null && version.modRevision() <= offered;) {
            toCut.remove();
            for (KeyVersion old = version.previous(); old != null; old = old.previous()) {
                gone(old);
                removals.accept(old.modRevision(), old.subRevision());
            }
            version.cut();
            if (version.isTombstone() && version.modRevision() == compactedRevision) {
                firstDeletions.add(version);
            } else if (version.isTombstone()) {
                byte[] key = version.key();
                if (tree.get(key) == version) {
                    tree.remove(key);
                    gone(version);
                    removals.accept(version.modRevision(), version.subRevision());
                    removed = true;
                }
            }
        }
        return removed;
    }

    private void gone(KeyVersion version) {
        footprint.remove(version.size(), version.saving());
        values.removed(version);
    }

    /** Keeps compaction from clearing links until {@link #unpin}, so that a view can be walked with all its history. The writer's thread. */
    public StoreView pin() {
        publish();
        pins.incrementAndGet();
        return view;
    }

    /** Ends a {@link #pin}. Any thread; links are cleared when something is published next. */
    public void unpin() {
        pins.decrementAndGet();
    }

    /** Receives keys that belong to a lease. */
    @FunctionalInterface
    public interface LeasedKeys {
        void accept(byte[] key, long lease);
    }

    /** Hands over every key that belongs to a lease. The writer's thread. */
    public void forEachLeasedKey(LeasedKeys consumer) {
        tree.visit(new KeyRange(new byte[0], new byte[0]), newest -> {
            long lease = newest.isTombstone() ? 0 : newest.fields().lease();
            if (lease != 0) {
                consumer.accept(newest.key(), lease);
            }
            return true;
        });
    }

    /** Collects the versions of a store that were kept on disk, and builds the store. */
    public static final class Loader {
        private final ArrayList<KeyVersion> versions = new ArrayList<>();
        private final long revision;
        private final long compactedRevision;
        private final ValueCache values;
        private long bytesToLeaveOut;
        private final Footprint.Sum footprint = new Footprint.Sum();

        /** Of a store that keeps everything in memory. */
        public Loader(long revision, long compactedRevision) {
            this(revision, compactedRevision, ValueCache.EVERYTHING, 0);
        }

        /**
         * @param revision the store's revision
         * @param compactedRevision its last compaction
         * @param source where its values lie
         * @param storedBytes what will come, roughly; of that the oldest values are not kept in memory, as far as they are more than may be
         */
        public Loader(long revision, long compactedRevision, ValueSource source, ValueBudget budget,
                ValueFigures figures, long storedBytes) {
            this(revision, compactedRevision, new ValueCache(source, budget, figures),
                    storedBytes - budget.besideIndex(0));
        }

        private Loader(long revision, long compactedRevision, ValueCache values, long bytesToLeaveOut) {
            this.revision = revision;
            this.compactedRevision = compactedRevision;
            this.values = values;
            this.bytesToLeaveOut = bytesToLeaveOut;
        }

        /** Adds the next version; versions come in the order of their revisions. */
        public void add(byte[] keyValue, long modRevision, int subRevision, boolean tombstone) {
            KeyVersion version = KeyVersion.restored(keyValue, modRevision, subRevision, tombstone);
            int value = version.saving();
            footprint.add(keyValue.length, value);
            if (bytesToLeaveOut > 0 && value > 0) {
                values.leaveOut(version);
                bytesToLeaveOut -= value;
            }
            versions.add(version);
        }

        /** Adds the next version, of whose key-value only a {@link KeyVersion#reference} was kept. */
        public void addReference(byte[] reference, long modRevision, int subRevision) {
            KeyVersion version = KeyVersion.referred(reference, modRevision, subRevision, values);
            footprint.add(version.size(), version.saving());
            values.cameWithout(version);
            versions.add(version);
        }

        public MvccStore build() {
            KeyVersion[] byKey = versions.toArray(new KeyVersion[0]);
            Arrays.sort(byKey, KeyVersion::compareKeys); // and by revision within a key, since the sort is stable
            List<KeyVersion> newest = new ArrayList<>();
            for (int i = 0; i < byKey.length; i++) {
                if (i > 0 && KeyVersion.compareKeys(byKey[i - 1], byKey[i]) == 0) {
                    byKey[i].follow(byKey[i - 1]);
                    newest.removeLast();
                }
                newest.add(byKey[i]);
            }
            MvccStore store = new MvccStore(KeyTree.ofSorted(newest), values);
            for (KeyVersion version : versions) {
                if (version.modRevision() >= compactedRevision) {
                    store.events.append(version);
                }
                // What was compacted but still kept for somebody when the store was written.
                if (version.modRevision() <= compactedRevision
                        && (version.previous() != null || version.isTombstone())) {
                    store.toCut.add(version);
                }
            }
            store.revision = revision;
            store.compactedRevision = compactedRevision;
            store.queuedRevision = compactedRevision;
            store.footprint = footprint;
            // Cuts nothing: whoever needs what was kept has not said so yet.
            store.view = new StoreView(store.tree.snapshot(), store.events.view(), revision, store);
            return store;
        }
    }

    /** What the writer sees between transactions and within one. */
    private class Latest implements ReadView {
        @Override
        public long revision() {
            return revision;
        }

        @Override
        public long compactedRevision() {
            return compactedRevision;
        }

        @Override
        public @Nullable KeyVersion get(byte[] key) {
            KeyVersion newest = tree.get(key);
            return newest == null || newest.isTombstone() ? null : newest;
        }

        @Override
        public RangeResult range(RangeQuery query) {
            RevisionStatus status = status(query.revision());
            if (status != RevisionStatus.AVAILABLE) {
                return RangeResult.unavailable(status, revision());
            }
            boolean current = query.revision() <= 0 || query.revision() == revision();
            RangeReader reader = new RangeReader(query, current, current ? revision() : query.revision(), !current,
                    null);
            tree.visit(query.keys(), reader);
            boolean counted = !current || query.keys().isSingle() || query.limit() <= 0;
            return reader.result(revision(), counted ? reader.count() : tree.liveCount(query.keys()));
        }
    }

    private final class Transaction extends Latest implements WriteView {
        private int changes;
        private boolean open = true;

        @Override
        public long revision() {
            return changes == 0 ? revision : revision + 1;
        }

        @Override
        public @Nullable KeyVersion put(byte[] key, Slice value, long lease) {
            KeyVersion before = tree.get(key);
            boolean exists = before != null && !before.isTombstone();
            long create = revision + 1;
            long number = 1;
            if (before != null && exists) {
                KeyVersion.Fields fields = before.fields();
                create = fields.createRevision();
                number = fields.version() + 1;
            }
            write(key, KeyVersion.value(key, create, revision + 1, changes, number, value, lease, before),
                    KeyVersion.saving(value.length()));
            return exists ? before : null;
        }

        @Override
        public KeyVersion[] deleteRange(KeyRange range) {
            KeyVersion[][] deleted = {new KeyVersion[4]};
            int[] count = {0};
            tree.visit(range, newest -> {
                if (!newest.isTombstone()) {
                    if (count[0] == deleted[0].length - 1) {
                        deleted[0] = Arrays.copyOf(deleted[0], deleted[0].length * 2);
                    }
                    deleted[0][count[0]++] = newest;
                }
                return true;
            });
            for (int i = 0; i < count[0]; i++) {
                KeyVersion before = deleted[0][i];
                byte[] key = before.key();
                write(key, KeyVersion.tombstone(key, revision + 1, changes, before), 0);
            }
            return deleted[0];
        }

        private void write(byte[] key, KeyVersion version, int valueBytes) {
            if (!open) {
                throw new IllegalStateException("write to a transaction that was committed");
            }
            tree.put(key, version);
            events.append(version);
            footprint.add(version.size(), valueBytes);
            changes++;
        }

        @Override
        public void commit() {
            open = false;
            if (changes > 0) {
                revision++;
            }
        }
    }
}
