package io.myriad.store.mvcc;

import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;

/**
 * Brings events to watchers. One thread does everything about watching, driven by {@link #doWork}; other threads only leave tasks for it.
 *
 * <p><b>Idea.</b> There is one history of events ({@link EventLog}) and a watcher is a cursor into it. New events are dispatched once: each finds its watchers
 * in the {@link WatcherIndex}. A watcher whose client does not keep up leaves the index and is <em>behind</em>: when its client is ready again it reads history from its
 * cursor, in slices, and joins the index again when it has caught up. So nothing is queued for a watcher, a slow one costs the others nothing, and the thread that
 * applies writes only wakes this one.
 *
 * <p><b>Order.</b> A watcher receives every event of its range from its first revision on, once, in revision order, a revision's events together. A progress notification tells the
 * revision up to which everything was dispatched, on a stream whose watchers are all caught up; so it never overtakes an event.
 */
public final class WatchAgent implements AutoCloseable {

    /** Events examined for one watcher that is behind before the others have their turn. */
    static final int SLICE_EVENTS = 10_000;

    /** Bytes of key-values in one response, at least reached before it is sent; a revision is not divided here. */
    static final int RESPONSE_BYTES = 1 << 20;

    private static final long LONGEST_PARK_NANOS = 1_000_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(WatchAgent.class);

    private final Supplier<StoreView> views;
    private final LongSupplier nanoTime;
    private final long progressIntervalNanos;
    private final Random random;
    private final WatcherIndex index;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Watcher> behind = new ArrayDeque<>();
    private final PriorityQueue<Stream> byProgress = new PriorityQueue<>(
            Comparator.comparingLong(stream -> stream.nextProgressNanos));
    private final List<Watcher> touched = new ArrayList<>();
    private final Thread thread;
    private StoreView view;
    private long dispatched;
    private volatile boolean parked;
    private volatile boolean closed;
    private volatile int streams;
    private volatile int watchers;
    private volatile int slowWatchers;
    private volatile long eventsSent;
    private volatile long dispatchedRevision;

    /**
     * @param views the newest published view
     * @param progressIntervalNanos how often an idle watcher that asked for it is told the revision; up to a tenth more, at random
     */
    public WatchAgent(Supplier<StoreView> views, long progressIntervalNanos, LongSupplier nanoTime, Random random) {
        this.views = views;
        this.nanoTime = nanoTime;
        this.progressIntervalNanos = progressIntervalNanos;
        this.random = random;
        this.index = new WatcherIndex(random);
        this.view = views.get();
        this.dispatched = view.revision();
        this.dispatchedRevision = dispatched;
        this.thread = Thread.ofPlatform().name("store-watch").daemon().unstarted(this::run);
    }

    /** Does the work on a thread of its own. */
    public void start() {
        thread.start();
    }

    /** The revision up to which events were dispatched; compaction must leave later ones in the history. Any thread. */
    public long dispatchedRevision() {
        return dispatchedRevision;
    }

    public int streams() {
        return streams;
    }

    public int watchers() {
        return watchers;
    }

    /** Watchers that are behind. */
    public int slowWatchers() {
        return slowWatchers;
    }

    public long eventsSent() {
        return eventsSent;
    }

    /** New events are published. Any thread; cheap. */
    public void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    private void submit(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** Opens a stream. Any thread. */
    public Stream open(WatchSink sink) {
        Stream stream = new Stream(sink);
        submit(stream::register);
        return stream;
    }

    private void run() {
        while (!closed) {
            try {
                if (!doWork()) {
                    park();
                }
            } catch (RuntimeException e) {
                LOG.error("Watch agent: a task failed", e);
            }
        }
    }

    private void park() {
        parked = true;
        if (tasks.isEmpty() && views.get() == view && !closed) {
            Stream next = byProgress.peek();
            long untilProgress = next == null ? LONGEST_PARK_NANOS : next.nextProgressNanos - nanoTime.getAsLong();
            LockSupport.parkNanos(this, Math.clamp(untilProgress, 1, LONGEST_PARK_NANOS));
        }
        parked = false;
    }

    /**
     * One turn: tasks, new events, a slice of history for each watcher that is behind, progress. For who has not called {@link #start}.
     *
     * @return whether there may be more to do at once
     */
    public boolean doWork() {
        boolean worked = false;
        for (Runnable task; (task = tasks.poll()) != null;) {
            task.run();
            worked = true;
        }
        worked |= dispatch();
        worked |= catchUp();
        notifyProgress();
        return worked;
    }

    /** Brings what is new to the watchers that are caught up. */
    private boolean dispatch() {
        StoreView newest = views.get();
        if (newest == view) {
            return false;
        }
        boolean replaced = newest.isOfAnotherStore(view);
        view = newest;
        if (replaced) {
            rereadAll();
        }
        EventLog.View events = newest.events();
        long position = events.positionOf(dispatched + 1);
        while (position < events.end()) {
            long bytes = 0;
            long revision = dispatched;
            while (position < events.end()) {
                KeyVersion event = events.get(position);
                if (bytes >= RESPONSE_BYTES && event.modRevision() != revision) {
                    break;
                }
                revision = event.modRevision();
                bytes += event.size();
                index.forEachWatching(event, watcher -> offer(watcher, event));
                position++;
            }
            dispatched = position == events.end() ? newest.revision() : revision;
            flushTouched();
        }
        dispatched = newest.revision();
        dispatchedRevision = dispatched;
        return true;
    }

    /** A snapshot from the leader replaced the store: what lies between may be compacted there, so every watcher looks for itself. */
    private void rereadAll() {
        for (Stream stream : byProgress) {
            for (Watcher watcher : stream.byId.values()) {
                if (watcher.synced && watcher.nextRevision <= view.revision()) {
                    watcher.nextRevision = Math.max(watcher.nextRevision, dispatched + 1);
                    index.remove(watcher);
                    watcher.synced = false;
                    behind.add(watcher);
                }
            }
        }
    }

    private void offer(Watcher watcher, KeyVersion event) {
        if (event.modRevision() >= watcher.nextRevision && watcher.spec().wants(event) && watcher.collect(event)) {
            touched.add(watcher);
        }
    }

    private void flushTouched() {
        for (Watcher watcher : touched) {
            if (!watcher.synced) {
                watcher.drop();
            } else if (watcher.stream.sink.isReady()) {
                if (send(watcher, dispatched)) {
                    watcher.nextRevision = dispatched + 1;
                }
            } else {
                fallBehind(watcher);
            }
        }
        touched.clear();
    }

    /** Whether the watcher is still there. */
    private boolean send(Watcher watcher, long revision) {
        eventsSent++;
        try {
            watcher.flush(revision);
            return true;
        } catch (CompactedException e) {
            watcher.stream.forget(watcher);
            watcher.stream.sink.compacted(watcher.id(), view.compactedRevision(), dispatched);
        } catch (UncheckedIOException e) {
            LOG.error("The events of a watcher cannot be read, it is cancelled: {}", e.toString());
            watcher.stream.forget(watcher);
            watcher.stream.sink.cancelled(watcher.id(), dispatched);
        }
        return false;
    }

    /** The watcher's cursor stays before what could not be sent, so that it is read from history later. */
    private void fallBehind(Watcher watcher) {
        watcher.nextRevision = Math.max(watcher.nextRevision, watcher.firstCollected(dispatched + 1));
        watcher.drop();
        index.remove(watcher);
        watcher.synced = false;
        behind.add(watcher);
        slowWatchers = behind.size();
    }

    /** Gives each watcher that is behind, and whose client is ready, a slice of history. */
    private boolean catchUp() {
        boolean more = false;
        for (int left = behind.size(); left > 0; left--) {
            Watcher watcher = behind.poll();
            if (watcher == null || watcher.gone) {
                continue;
            }
            Failpoint.BEFORE_SYNC_WATCHERS.hit();
            if (!watcher.stream.sink.isReady()) {
                behind.add(watcher);
                continue;
            }
            long compacted = view.compactedRevision();
            if (watcher.nextRevision < compacted) {
                watcher.stream.dropCompacted(watcher, compacted);
                continue;
            }
            boolean caughtUp = slice(watcher);
            if (watcher.gone) {
                continue;
            }
            if (caughtUp) {
                watcher.synced = true;
                index.add(watcher);
                watcher.stream.answerDeferredProgress();
            } else {
                behind.add(watcher);
                more = true;
            }
        }
        slowWatchers = behind.size();
        return more;
    }

    /** Sends one slice of history; true when the watcher has everything that was dispatched. */
    private boolean slice(Watcher watcher) {
        EventLog.View events = view.events();
        long position = events.positionOf(watcher.nextRevision);
        int examined = 0;
        long bytes = 0;
        long revision = 0;
        while (position < events.end()) {
            KeyVersion event = events.get(position);
            if (event.modRevision() > dispatched) {
                break;
            }
            if (event.modRevision() != revision && (examined >= SLICE_EVENTS || bytes >= RESPONSE_BYTES)) {
                watcher.nextRevision = event.modRevision();
                flushSlice(watcher);
                return false;
            }
            revision = event.modRevision();
            if (watcher.spec().keys().contains(event) && watcher.spec().wants(event)) {
                watcher.collect(event);
                bytes += event.size();
            }
            examined++;
            position++;
        }
        watcher.nextRevision = Math.max(watcher.nextRevision, dispatched + 1);
        flushSlice(watcher);
        return true;
    }

    private void flushSlice(Watcher watcher) {
        if (watcher.hasCollected()) {
            send(watcher, dispatched);
        }
    }

    private void notifyProgress() {
        long now = nanoTime.getAsLong();
        for (Stream stream; (stream = byProgress.peek()) != null && stream.nextProgressNanos - now <= 0;) {
            byProgress.poll();
            stream.notifyProgress();
            stream.scheduleProgress(now);
            byProgress.add(stream);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** The watchers that share a client's stream. Its public methods may be called from any thread. */
    public final class Stream {
        final WatchSink sink;
        private final Map<Long, Watcher> byId = new HashMap<>();
        private long nextId;
        private long nextProgressNanos;
        private boolean progressDeferred;
        private boolean open = true;

        Stream(WatchSink sink) {
            this.sink = sink;
        }

        private void register() {
            streams++;
            scheduleProgress(nanoTime.getAsLong());
            byProgress.add(this);
        }

        private void scheduleProgress(long now) {
            nextProgressNanos = now + progressIntervalNanos + random.nextLong(Math.max(1, progressIntervalNanos / 10));
        }

        /** Creates a watcher; {@code requestedId} 0 lets the stream choose one. */
        public void create(long requestedId, Watcher.Spec spec) {
            submit(() -> doCreate(requestedId, spec));
        }

        /** Answers that a watcher is not created, for a reason that the agent does not know of. */
        public void refuse(String reason) {
            submit(() -> {
                if (open) {
                    dispatch();
                    sink.refused(reason, dispatched);
                }
            });
        }

        private void doCreate(long requestedId, Watcher.Spec spec) {
            if (!open) {
                return;
            }
            dispatch();
            byte[] to = spec.keys().to();
            if (spec.startRevision() < 0) {
                sink.refused("etcdserver: mvcc: required revision has been compacted", dispatched);
                return;
            }
            if (to != null && to.length > 0 && java.util.Arrays.compareUnsigned(spec.keys().from(), to) >= 0) {
                sink.refused("mvcc: watcher range is empty", dispatched);
                return;
            }
            if (requestedId != 0 && byId.containsKey(requestedId)) {
                sink.refused("mvcc: duplicate watch ID provided on the WatchStream", dispatched);
                return;
            }
            long id = requestedId;
            if (id == 0) {
                while (byId.containsKey(nextId)) {
                    nextId++;
                }
                id = nextId++;
            }
            Watcher watcher = new Watcher(id, spec, this);
            byId.put(id, watcher);
            watchers++;
            sink.created(id, dispatched);
            if (spec.startRevision() == 0 || spec.startRevision() > dispatched) {
                watcher.nextRevision = Math.max(dispatched + 1, spec.startRevision());
                watcher.synced = true;
                index.add(watcher);
            } else {
                watcher.nextRevision = spec.startRevision();
                behind.add(watcher);
                slowWatchers = behind.size();
            }
        }

        /** Cancels a watcher; an unknown one is ignored. */
        public void cancel(long id) {
            submit(() -> {
                Watcher watcher = byId.get(id);
                if (open && watcher != null) {
                    forget(watcher);
                    sink.cancelled(id, dispatched);
                }
            });
        }

        /** Asks for the revision up to which this stream has everything; answered as soon as all its watchers are caught up. */
        public void requestProgress() {
            submit(() -> {
                Failpoint.BEFORE_PROGRESS_IF_SYNC.hit();
                dispatch();
                progressDeferred = true;
                answerDeferredProgress();
            });
        }

        /** The client can take more. */
        public void ready() {
            submit(() -> {});
        }

        /** The client is gone. */
        public void close() {
            submit(() -> {
                if (open) {
                    open = false;
                    streams--;
                    byProgress.remove(this);
                    new ArrayList<>(byId.values()).forEach(this::forget);
                }
            });
        }

        private void forget(Watcher watcher) {
            byId.remove(watcher.id());
            watcher.gone = true;
            watchers--;
            if (watcher.synced) {
                index.remove(watcher);
            } else if (behind.remove(watcher)) {
                slowWatchers = behind.size();
            }
        }

        private void dropCompacted(Watcher watcher, long compacted) {
            byId.remove(watcher.id());
            watcher.gone = true;
            watchers--;
            sink.compacted(watcher.id(), compacted, dispatched);
        }

        private void answerDeferredProgress() {
            if (!progressDeferred || !open) {
                return;
            }
            for (Watcher watcher : byId.values()) {
                if (!watcher.synced || watcher.spec().startRevision() > dispatched) {
                    return;
                }
            }
            progressDeferred = false;
            if (!byId.isEmpty()) {
                sink.progress(-1, dispatched);
            }
        }

        private void notifyProgress() {
            for (Watcher watcher : byId.values()) {
                if (!watcher.spec().progressNotify()) {
                    continue;
                }
                if (!watcher.sentSinceProgress && watcher.synced && watcher.spec().startRevision() <= dispatched) {
                    sink.progress(watcher.id(), dispatched);
                }
                watcher.sentSinceProgress = false;
            }
        }
    }
}
