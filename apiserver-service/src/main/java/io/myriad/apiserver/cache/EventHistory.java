package io.myriad.apiserver.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.myriad.apiserver.storage.CachedObject;

/**
 * The recent events of a resource, numbered in order, in a ring that grows and shrinks by what its bounds ask for; and
 * some of the trees between them, from which the tree at any version in the history is made by replaying at most
 * {@link CacheLimits#checkpointEvents} events.
 *
 * <p>One writer; readers take no lock. A reader finds the event of a number or null: every event carries its number, so one
 * that has taken another's place in the ring is noticed. Numbers go on when the history is cleared.
 */
final class EventHistory {
    private final CacheLimits limits;
    private volatile AtomicReferenceArray<CacheEvent> ring;
    /** The number of the oldest event; one more than {@link #last} when there is none. */
    private volatile long first = 1;
    /** The last revision that is forgotten: a watch may start from it, not from an older one. */
    private volatile long forgotten;
    /** The last event's number. Only for the writer: readers know it from the state that they read. */
    private long last;
    private long retainedBytes;
    private final ConcurrentSkipListMap<Long, CacheState> checkpoints = new ConcurrentSkipListMap<>();

    EventHistory(CacheLimits limits) {
        this.limits = limits;
        this.ring = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(2, limits.historyMin())));
    }

    /** The number of the next event. */
    long nextSequence() {
        return last + 1;
    }

    /** Adds an event with {@link #nextSequence}, forgetting the oldest ones where there is no room. */
    void append(CacheEvent event) {
        while (last - first + 1 == ring.length()) {
            if (ring.length() < limits.historyMax()
                    && event.seconds() - oldest().seconds() < limits.historyMillis() / 1_000) {
                resize(ring.length() * 2);
            } else {
                forgetOldest();
            }
        }
        ring.setRelease(slot(ring, event.sequence()), event);
        last = event.sequence();
        retainedBytes += event.retainedBytes();
        while (retainedBytes > limits.historyBytes() && last - first + 1 > limits.historyMin()) {
            forgetOldest();
        }
    }

    /** Forgets events that are too old, and shrinks a ring that is mostly empty. */
    void trim(int nowSeconds) {
        while (last - first + 1 > limits.historyMin()
                && nowSeconds - oldest().seconds() > limits.historyMillis() / 1_000) {
            forgetOldest();
        }
        while (ring.length() / 2 >= Integer.highestOneBit(limits.historyMin())
                && last - first + 1 < ring.length() / 4) {
            resize(ring.length() / 2);
        }
    }

    /** Forgets everything: the cache has been filled anew at {@code revision}. */
    void clear(long revision) {
        forgotten = revision;
        first = last + 1;
        retainedBytes = 0;
        checkpoints.clear();
        ring = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(2, limits.historyMin())));
    }

    private CacheEvent oldest() {
        CacheEvent event = ring.getPlain(slot(ring, first));
        if (event == null) {
            throw new IllegalStateException("event " + first + " of " + last + " is missing");
        }
        return event;
    }

    private void forgetOldest() {
        CacheEvent event = oldest();
        forgotten = event.revision();
        retainedBytes -= event.retainedBytes();
        ring.setRelease(slot(ring, first), null);
        first = event.sequence() + 1;
        while (!checkpoints.isEmpty() && checkpoints.firstEntry().getValue().sequence() < event.sequence()) {
            checkpoints.pollFirstEntry();
        }
    }

    private void resize(int capacity) {
        AtomicReferenceArray<CacheEvent> resized = new AtomicReferenceArray<>(capacity);
        for (long sequence = first; sequence <= last; sequence++) {
            resized.setPlain(slot(resized, sequence), ring.getPlain(slot(ring, sequence)));
        }
        ring = resized;
    }

    private static int slot(AtomicReferenceArray<CacheEvent> ring, long sequence) {
        return (int) sequence & ring.length() - 1;
    }

    /** The event of a number up to the last one published, or null when it is forgotten. */
    @Nullable
    CacheEvent at(long sequence) {
        AtomicReferenceArray<CacheEvent> current = ring;
        CacheEvent event = current.getAcquire(slot(current, sequence));
        return event != null && event.sequence() == sequence ? event : null;
    }

    /** The oldest revision that a watch may start from. */
    long oldestRevision() {
        return forgotten;
    }

    int size() {
        return (int) (last - first + 1);
    }

    int capacity() {
        return ring.length();
    }

    /**
     * The number of the first event after a revision; one more than {@code to} when there is none.
     *
     * @param to the last published number
     * @return 0 when events after the revision are forgotten
     */
    long firstAfter(long revision, long to) {
        long low = first;
        if (revision < forgotten) {
            return 0;
        }
        long high = to + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            CacheEvent event = at(middle);
            if (event == null || event.revision() <= revision) {
                // A forgotten one is older than any that is not.
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return revision < forgotten ? 0 : low;
    }

    /** Keeps the state for lists of older versions, now and then. */
    void checkpoint(CacheState state) {
        Map.Entry<Long, CacheState> latest = checkpoints.lastEntry();
        if (latest == null || state.sequence() - latest.getValue().sequence() >= limits.checkpointEvents()) {
            checkpoints.put(state.revision(), state);
        }
    }

    /** Drops what could make a tree of a version before {@code revision}. */
    void forgetCheckpoints(long revision) {
        Map.Entry<Long, CacheState> floor = checkpoints.floorEntry(revision);
        if (floor != null) {
            checkpoints.headMap(floor.getKey(), false).clear();
        }
    }

    /**
     * The state at a version older than the current state's, or null when it cannot be made any more.
     *
     * @param revision any version up to the current state's
     * @param current the current state
     */
    @Nullable
    CacheState at(long revision, CacheState current) {
        Map.Entry<Long, CacheState> floor = checkpoints.floorEntry(revision);
        if (floor == null || floor.getValue().epoch() != current.epoch()) {
            return null;
        }
        CacheState state = floor.getValue();
        ObjectTree tree = state.tree();
        long sequence = state.sequence();
        while (sequence < current.sequence()) {
            CacheEvent event = at(sequence + 1);
            if (event == null) {
                return null;
            }
            if (event.revision() > revision) {
                break;
            }
            CachedObject after = event.after();
            tree = after == null
                    ? tree.without(event.object().namespace(), event.object().name())
                    : tree.with(after);
            sequence++;
        }
        return new CacheState(tree, revision, sequence, state.epoch(), true);
    }
}
