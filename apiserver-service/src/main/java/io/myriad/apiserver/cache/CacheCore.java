package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.Indexer;
import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.apiserver.storage.StoredKind;

/**
 * The data of one resource's cache and the only code that changes it. Everything but the accessors runs on the {@link
 * Feed}'s writer thread; readers see the state that was published last.
 *
 * <p>Phases: EMPTY, changes are dropped; LOADING, somebody reads the objects from the store and changes are held back; READY,
 * changes are applied. {@link #lost} leads back to EMPTY from both.
 *
 * <p>A batch is what the feed receives at once: {@link #receive} for each change, then {@link #publish}, then, when the feed
 * has published its head, {@link #wake}.
 */
final class CacheCore {
    private enum Phase {
        EMPTY, LOADING, READY
    }

    private final ResourceStore store;
    private final CacheLimits limits;
    private final LongSupplier nanoTime;
    private final Feed feed;
    private final EventHistory history;
    private final Topics topics;
    private final Indexes indexes;
    private volatile CacheState state = CacheState.INITIAL;

    private Phase phase = Phase.EMPTY;
    private final List<Change> heldBack = new ArrayList<>();
    private long heldBackBytes;
    private boolean inBatch;
    private ObjectTree tree = ObjectTree.EMPTY;
    private final List<CacheEvent> batch = new ArrayList<>();
    private int dispatched;

    /**
     * @param store the resource's objects in the store
     * @param watchField the selectable field by whose values watches subscribe, or null
     * @param feed brings the changes
     * @param nanoTime the clock
     */
    CacheCore(ResourceStore store, @Nullable String watchField, CacheLimits limits, Feed feed, LongSupplier nanoTime) {
        this.store = store;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.feed = feed;
        this.history = new EventHistory(limits);
        this.topics = new Topics(store.indexer(), watchField);
        this.indexes = new Indexes(store.indexer(), feed.writer());
    }

    /** What readers see. */
    CacheState state() {
        return state;
    }

    /** The revision up to which everything has been received; read it before {@link #state}. */
    long head() {
        return feed.head();
    }

    Feed feed() {
        return feed;
    }

    EventHistory history() {
        return history;
    }

    Topics topics() {
        return topics;
    }

    Indexes indexes() {
        return indexes;
    }

    Indexer indexer() {
        return store.indexer();
    }

    StoredKind kind() {
        return store.kind();
    }

    /** Counts a watch that fell out of the history. */
    void fellBehind() {
        store.metrics().terminatedWatchers.increment();
    }

    /** Begins to hold changes back; the objects are then read from the store. */
    void startLoading() {
        phase = Phase.LOADING;
        heldBack.clear();
        heldBackBytes = 0;
    }

    /**
     * Takes the objects that have been read, and applies what was held back.
     *
     * @param objects all objects at {@code revision}, in key order
     * @param complete the revision up to which changes have been received
     * @return false when too much was held back or changes are missing: it has to be read again
     */
    boolean install(List<CachedObject> objects, long revision, long complete) {
        if (phase != Phase.LOADING || heldBackBytes > limits.loadBytes()) {
            phase = Phase.EMPTY;
            heldBack.clear();
            return false;
        }
        phase = Phase.READY;
        indexes.clear();
        history.clear(revision);
        tree = ObjectTree.ofSorted(objects);
        state = new CacheState(tree, revision, history.nextSequence() - 1, state.epoch() + 1, true);
        history.checkpoint(state);
        for (Change change : heldBack) {
            receive(change);
        }
        heldBack.clear();
        if (inBatch) {
            publish(complete);
            wake();
        }
        topics.wakeAll();
        return true;
    }

    /** Changes have been missed: nothing can be read until the objects have been read from the store again. */
    void lost() {
        phase = Phase.EMPTY;
        heldBack.clear();
        inBatch = false;
        batch.clear();
        topics.discard();
        CacheState last = state;
        tree = last.tree();
        state = new CacheState(last.tree(), last.revision(), last.sequence(), last.epoch(), false);
    }

    /** Ends all watches; nothing can be read any more. */
    void close() {
        lost();
        CacheState last = state;
        state = new CacheState(ObjectTree.EMPTY, last.revision(), last.sequence(), last.epoch() + 1, false);
        topics.wakeAll();
    }

    /** Takes a change. Answers whether it is the batch's first one for this resource. */
    boolean receive(Change change) {
        if (phase == Phase.LOADING) {
            byte[] value = change.value();
            heldBackBytes += change.key().length() + (value == null ? 0 : value.length);
            if (heldBackBytes <= limits.loadBytes()) {
                heldBack.add(change);
            }
            return false;
        }
        if (phase == Phase.EMPTY || change.revision() <= state.revision()) {
            return false;
        }
        boolean first = !inBatch;
        if (first) {
            inBatch = true;
            topics.begin(history.nextSequence());
        }
        apply(change);
        return first;
    }

    private void apply(Change change) {
        StoredKind.Place place = store.kind().place(change.key());
        if (place == null) {
            return;
        }
        CachedObject before = tree.get(place.namespace(), place.name());
        byte[] value = change.value();
        String name = before == null ? place.name() : before.name();
        CachedObject after = value == null
                ? null
                : store.object(place.namespace(), name, value, change.revision());
        if (before == null && after == null) {
            return;
        }
        CacheEvent event = new CacheEvent(history.nextSequence(), change.revision(), before, after, seconds());
        tree = after == null ? tree.without(place.namespace(), place.name()) : tree.with(after);
        history.append(event);
        topics.append(event);
        batch.add(event);
    }

    private int seconds() {
        return (int) TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong());
    }

    /** Shows the batch to readers, as the state at {@code complete}. */
    void publish(long complete) {
        indexes.beforePublish(batch);
        topics.publish();
        CacheState last = state;
        state = new CacheState(tree, Math.max(complete, last.revision()), history.nextSequence() - 1, last.epoch(),
                true);
        history.checkpoint(state);
        indexes.afterPublish(batch, tree);
        store.metrics().eventsReceived.increment(batch.size());
        dispatched = batch.size();
        batch.clear();
        inBatch = false;
    }

    /** Wakes the watches that the batch concerns. */
    void wake() {
        store.metrics().eventsDispatched.increment(dispatched);
        topics.wake(history.nextSequence());
    }

    /** Forgets what is too old, or has been compacted in the store. */
    void trim(long compactedRevision) {
        history.trim(seconds());
        history.forgetCheckpoints(compactedRevision);
    }
}
