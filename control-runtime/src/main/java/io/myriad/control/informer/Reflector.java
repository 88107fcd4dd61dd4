package io.myriad.control.informer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiObject;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.ListPage;
import io.myriad.control.client.Selection;
import io.myriad.control.client.TransportException;
import io.myriad.control.client.Watch;
import io.myriad.control.client.WatchListener;
import io.myriad.control.client.WatchOptions;

/**
 * Follows one collection: learns its state, then its changes, and tells its sinks.
 *
 * <pre>
 *   LISTING --list complete--> WATCHING --ended, broken--> (pause) --> WATCHING from the last version
 *      ^                          |
 *      +------ 410 Gone ----------+   (or the version is again and again ahead of all servers': their data were put back)
 * </pre>
 *
 * The state comes as a watch that starts with what exists (watch-list), so neither side ever holds a whole list; a server
 * that does not know it is asked for pages instead. Lists are consistent reads, so a later list never shows an older
 * state. After a break the watch resumes at the last version seen, bookmarks included, possibly at another server; only
 * 410 leads to a new list. Nothing here occupies a thread while it waits; steps follow one another on the client's
 * virtual threads, never two at once, except {@link #close}.
 */
final class Reflector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reflector.class);

    /** Objects per page where a server has no watch-list. */
    private static final int PAGE_ITEMS = 500;
    /** Watches are renewed after 5 to 10 minutes, as client-go's, which spreads them over servers again. */
    private static final int WATCH_MIN_SECONDS = 300;
    /** A server that lags behind another one has caught up by then; data that were restored from a backup never do. */
    private static final int AHEAD_MAX = 5;
    private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";
    /** A watch that ends sooner and brought nothing counts as a failure. */
    private static final long SHORT_WATCH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Hears what the collection holds. */
    interface Sink {
        /** A list begins: what is not listed until {@link #listEnded} is gone. */
        void listBegan();

        void listed(ApiObject object);

        void listEnded(String resourceVersion);

        void changed(ApiObject object);

        void deleted(ApiObject object);

        /** Nothing more happened up to this version. */
        void progressed(String resourceVersion);
    }

    /** How a reflector spends time; tests make it quick. */
    record Timing(LongSupplier nanoTime, RandomGenerator random, BiConsumer<Long, Runnable> afterNanos,
            long backoffFirstMillis, long backoffMaxMillis) {}

    private final ApiClient client;
    private final ApiPath path;
    private final Selection selection;
    private final Timing timing;
    private final Backoff backoff;
    private final List<Sink> sinks = new CopyOnWriteArrayList<>();
    final LongAdder lists = new LongAdder();
    final LongAdder watches = new LongAdder();
    final LongAdder failures = new LongAdder();
    private boolean watchList = true;
    private String resourceVersion = "";
    private int ahead;
    private volatile boolean started;
    private volatile boolean stopped;
    private volatile @Nullable Watch watch;
    private volatile @Nullable CompletableFuture<ListPage> page;

    Reflector(ApiClient client, ApiPath path, Selection selection, Timing timing) {
        this.client = client;
        this.path = path;
        this.selection = selection;
        this.timing = timing;
        this.backoff = new Backoff(timing.backoffFirstMillis, timing.backoffMaxMillis, timing.random);
    }

    /** Adds a sink; only before {@link #start}. */
    void add(Sink sink) {
        if (started) {
            throw new IllegalStateException("reflector of " + path + " is running");
        }
        sinks.add(sink);
    }

    /** Removes a sink at any time; returns whether one is left. */
    boolean remove(Sink sink) {
        sinks.remove(sink);
        return !sinks.isEmpty();
    }

    boolean started() {
        return started;
    }

    void start() {
        if (!started) {
            started = true;
            proceed();
        }
    }

    private void proceed() {
        if (stopped) {
            return;
        }
        if (!resourceVersion.isEmpty()) {
            watch(false);
        } else if (watchList) {
            watch(true);
        } else {
            lists.increment();
            list("", PAGE_ITEMS);
        }
    }

    private void pause() {
        failures.increment();
        timing.afterNanos.accept(backoff.nextNanos(), this::proceed);
    }

    // ---- pages ----------------------------------------------------------------------------------------------

    private void list(String continueToken, int limit) {
        if (stopped) {
            return;
        }
        CompletableFuture<ListPage> asked = client.listAsync(path, selection, limit, continueToken);
        page = asked;
        asked.whenComplete((answer, error) -> {
            if (stopped) {
                return;
            }
            if (error != null) {
                listFailed(error, continueToken);
                return;
            }
            if (continueToken.isEmpty()) {
                sinks.forEach(Sink::listBegan);
            }
            for (ApiObject item : answer.items()) {
                sinks.forEach(sink -> sink.listed(item));
            }
            if (answer.continueToken().isEmpty()) {
                listed(answer.resourceVersion());
                proceed();
            } else {
                list(answer.continueToken(), limit);
            }
        });
    }

    private void listFailed(Throwable error, String continueToken) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        if (code(cause) == 410 && !continueToken.isEmpty()) {
            list("", 0); // the pages took longer than the server keeps history: all at once
            return;
        }
        log.warn("list of {} failed: {}", path, cause.getMessage());
        pause();
    }

    private void listed(String version) {
        resourceVersion = version;
        sinks.forEach(sink -> sink.listEnded(version));
    }

    // ---- watch ----------------------------------------------------------------------------------------------

    private void watch(boolean fromNothing) {
        if (fromNothing) {
            lists.increment();
        } else {
            watches.increment();
        }
        int seconds = WATCH_MIN_SECONDS + timing.random.nextInt(WATCH_MIN_SECONDS);
        Listener listener = new Listener(fromNothing);
        watch = client.watch(path, selection, new WatchOptions(resourceVersion, fromNothing, seconds), listener);
        if (stopped) {
            close();
        }
    }

    private final class Listener implements WatchListener {
        private final long startNanos = timing.nanoTime.getAsLong();
        private boolean listing;
        private boolean began;
        private boolean useful;

        Listener(boolean listing) {
            this.listing = listing;
        }

        @Override
        public void event(EventType type, ApiObject object) {
            if (stopped) {
                return;
            }
            if (!useful) {
                useful = true;
                ahead = 0;
                backoff.reset();
            }
            if (listing) {
                initial(type, object);
                return;
            }
            resourceVersion = object.resourceVersion();
            switch (type) {
                case ADDED, MODIFIED -> sinks.forEach(sink -> sink.changed(object));
                case DELETED -> sinks.forEach(sink -> sink.deleted(object));
                case BOOKMARK -> sinks.forEach(sink -> sink.progressed(object.resourceVersion()));
            }
        }

        private void initial(EventType type, ApiObject object) {
            if (!began) {
                began = true;
                sinks.forEach(Sink::listBegan);
            }
            switch (type) {
                case ADDED, MODIFIED -> sinks.forEach(sink -> sink.listed(object));
                case DELETED -> throw new TransportException("DELETED among initial events", true, null);
                case BOOKMARK -> {
                    if ("true".equals(object.annotations().get(INITIAL_EVENTS_END))) {
                        listing = false;
                        listed(object.resourceVersion());
                    }
                }
            }
        }

        @Override
        public void closed(@Nullable Throwable why) {
            if (stopped) {
                return;
            }
            int code = code(why);
            if (code == 410) {
                log.info("watch of {} is too old, listing again", path);
                resourceVersion = "";
                pause();
            } else if (!listing && isAhead(why) && ++ahead >= AHEAD_MAX) {
                log.warn("no server has come to version {} of {}, listing again", resourceVersion, path);
                ahead = 0;
                resourceVersion = "";
                pause();
            } else if (listing && (code == 400 || code == 422)) {
                log.info("server of {} has no watch-list, using pages", path);
                watchList = false;
                proceed();
            } else if (why == null && (useful || timing.nanoTime.getAsLong() - startNanos > SHORT_WATCH_NANOS)) {
                proceed();
            } else {
                if (why != null && !(why instanceof TransportException)) {
                    log.warn("watch of {} failed: {}", path, why.toString());
                } else {
                    log.debug("watch of {} broke", path, why);
                }
                pause();
            }
        }
    }

    private static boolean isAhead(@Nullable Throwable why) {
        return why instanceof StatusException refused && refused.status().details() != null
                && refused.status().details().causes().stream()
                        .anyMatch(cause -> cause.reason().equals("ResourceVersionTooLarge"));
    }

    private static int code(@Nullable Throwable why) {
        return why instanceof StatusException refused ? refused.status().code() : 0;
    }

    @Override
    public void close() {
        stopped = true;
        Watch running = watch;
        if (running != null) {
            running.close();
        }
        CompletableFuture<ListPage> asked = page;
        if (asked != null) {
            asked.cancel(true);
        }
    }
}
