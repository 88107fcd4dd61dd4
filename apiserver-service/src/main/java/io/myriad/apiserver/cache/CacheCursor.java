package io.myriad.apiserver.cache;

import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import io.myriad.api.Status;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.StorageStatus;
import io.myriad.apiserver.storage.WatchCursor;

/**
 * A watch: a position in the history and a filter. First the objects of the start's state, where the watch asked for them,
 * then the events behind it.
 *
 * <p>Waking: {@link #poll} sets {@code idle} before it answers that there is nothing, and looks once more; the writer, which
 * publishes before it looks at {@code idle}, calls {@code onReady} when it was the one to reset it. So no event is
 * missed, and a consumer that is busy is not called again and again.
 */
final class CacheCursor implements WatchCursor {

    private final CacheCore core;
    private final SelectionFilter filter;
    private final Runnable onReady;
    private final boolean bookmarks;
    private final AtomicBoolean idle = new AtomicBoolean(true);

    private @Nullable Topic topic;
    private @Nullable Iterator<CachedObject> initial;
    private boolean initialEndDue;
    /** The version from which the watch starts; older events are not for it, nor are bookmarks. */
    private long startRevision;
    /** The last event that has been looked at. */
    private long position;
    private int epoch;
    private @Nullable Event ahead;
    private boolean ended;

    CacheCursor(CacheCore core, SelectionFilter filter, boolean bookmarks, Runnable onReady) {
        this.core = core;
        this.filter = filter;
        this.bookmarks = bookmarks;
        this.onReady = onReady;
    }

    /** Subscribes; from here on the watch is woken. Done before {@link #start}, so that nothing comes in between. */
    void subscribe() {
        topic = core.topics().subscribe(this, core.topics().keyFor(filter));
    }

    /**
     * Sets the start behind a state.
     *
     * @param state the state that the watch knows
     * @param revision the version to start from
     */
    void start(CacheState state, long revision) {
        position = state.sequence();
        startRevision = revision;
        epoch = state.epoch();
    }

    /** Starts in the middle of the history. */
    void start(long lastSequence, long revision, int ofEpoch) {
        position = lastSequence;
        startRevision = revision;
        epoch = ofEpoch;
    }

    /**
     * Sends a state first.
     *
     * @param objects the state's selected objects
     * @param endBookmark whether a bookmark says when they are all sent
     */
    void sendFirst(Iterator<CachedObject> objects, boolean endBookmark) {
        initial = objects;
        initialEndDue = endBookmark;
    }

    /** Makes the watch end with an error. */
    void fail(Status status) {
        ahead = new Event(EventType.ERROR, null, 0, false, status);
    }

    /** Called by the writer after it has published something that may concern this watch. */
    void wake() {
        if (idle.get() && idle.compareAndSet(true, false)) {
            onReady.run();
        }
    }

    @Override
    public @Nullable Event poll() {
        if (ended) {
            return null;
        }
        Event event = ahead;
        ahead = null;
        if (event == null) {
            event = initialEvent();
        }
        while (event == null) {
            CacheState state = core.state();
            event = next(state);
            if (event == null) {
                idle.set(true);
                if (core.state() == state) {
                    return null;
                }
                idle.set(false);
            }
        }
        ended = event.type() == EventType.ERROR;
        return event;
    }

    private @Nullable Event initialEvent() {
        Iterator<CachedObject> objects = initial;
        if (objects != null) {
            if (objects.hasNext()) {
                CachedObject object = objects.next();
                return new Event(EventType.ADDED, object, object.resourceVersion(), false, null);
            }
            initial = null;
        }
        if (!initialEndDue) {
            return null;
        }
        initialEndDue = false;
        return new Event(EventType.BOOKMARK, null, startRevision, true, null);
    }

    /** The next event for this watch up to a state, or null. */
    private @Nullable Event next(CacheState state) {
        if (state.epoch() != epoch) {
            return tooOld();
        }
        while (position < state.sequence()) {
            long sequence = topic == null ? position + 1 : topic.next(position);
            if (sequence > state.sequence()) {
                position = state.sequence();
                return null;
            }
            CacheEvent event = core.history().at(sequence);
            if (event == null) {
                core.fellBehind();
                return tooOld();
            }
            position = sequence;
            if (event.revision() > startRevision) {
                Event seen = seen(event);
                if (seen != null) {
                    return seen;
                }
            }
        }
        return null;
    }

    private @Nullable Event seen(CacheEvent event) {
        CachedObject before = event.before();
        CachedObject after = event.after();
        boolean was = before != null && filter.matches(before);
        boolean is = after != null && filter.matches(after);
        if (is) {
            return new Event(was ? EventType.MODIFIED : EventType.ADDED, after, event.revision(), false, null);
        }
        return was
                ? new Event(EventType.DELETED, event.gone(core.indexer()), event.revision(), false, null)
                : null;
    }

    private Event tooOld() {
        CacheEvent last = core.history().at(position);
        return new Event(EventType.ERROR, null, 0, false, StorageStatus.tooOldToWatch(
                last == null ? startRevision : last.revision(), core.history().oldestRevision()));
    }

    @Override
    public @Nullable Event bookmark() {
        if (!bookmarks || ended || ahead != null || initial != null || initialEndDue) {
            return null;
        }
        long head = core.head();
        CacheState state = core.state();
        ahead = next(state);
        if (ahead != null || !state.ready()) {
            return null;
        }
        long revision = Math.max(head, state.revision());
        return revision < startRevision ? null : new Event(EventType.BOOKMARK, null, revision, false, null);
    }

    @Override
    public void close() {
        ended = true;
        initial = null;
        core.topics().unsubscribe(this, topic);
    }
}
