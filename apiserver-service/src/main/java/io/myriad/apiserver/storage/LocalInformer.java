package io.myriad.apiserver.storage;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;

/**
 * Keeps a derived view of a resource inside the server up to date: lists it, follows its watch, and tells one handler of
 * every object, each key's changes in order. One virtual thread calls the handler, so that it needs no locks of its own.
 * When the watch breaks it lists again and reports what vanished meanwhile.
 */
public final class LocalInformer implements AutoCloseable {
    /** Receives objects. Called by one thread at a time. */
    public interface Handler {
        /** The object was added or changed, or seen again after a new list. */
        void changed(CachedObject object);

        /** The object is gone. */
        void removed(String namespace, String name);
    }

    private record Key(String namespace, String name) {}

    private static final Logger log = LoggerFactory.getLogger(LocalInformer.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);
    private static final Selection EVERYTHING = new Selection("", LabelSelector.parse(""), FieldSelector.parse(""));

    private final String resource;
    private final ObjectStorage storage;
    private final Handler handler;
    private final Semaphore ready = new Semaphore(0);
    private final CompletableFuture<Void> synced = new CompletableFuture<>();
    private final Thread thread;
    private final Set<Key> known = new HashSet<>();
    private volatile boolean closed;

    /**
     * @param resource the resource's name, for the thread and the log
     * @param storage where the objects are
     * @param handler who is told
     */
    public LocalInformer(String resource, ObjectStorage storage, Handler handler) {
        this.resource = resource;
        this.storage = storage;
        this.handler = handler;
        this.thread = Thread.ofVirtual().name("local-informer-" + resource).unstarted(this::run);
    }

    /** Starts to follow; returns at once. */
    public LocalInformer start() {
        thread.start();
        return this;
    }

    /** Completes when the handler has seen every object that existed at the start. */
    public CompletableFuture<Void> synced() {
        return synced;
    }

    private void run() {
        while (!closed) {
            try {
                follow(list());
            } catch (StatusException failure) {
                log.warn("The {} cannot be followed, trying again: {}", resource, failure.getMessage());
            }
            if (!closed) {
                LockSupport.parkNanos(RETRY_PAUSE.toNanos());
            }
        }
    }

    private long list() {
        ObjectStorage.ListResult list = storage
                .list(new ObjectStorage.ListQuery(EVERYTHING, "0", ObjectStorage.VersionMatch.UNSET, 0, ""));
        Set<Key> gone = new HashSet<>(known);
        for (CachedObject object : list.items()) {
            gone.remove(new Key(object.namespace(), object.name()));
            changed(object);
        }
        for (Key key : gone) {
            removed(key.namespace(), key.name());
        }
        synced.complete(null);
        return list.resourceVersion();
    }

    private void follow(long resourceVersion) {
        ObjectStorage.WatchQuery query = new ObjectStorage.WatchQuery(EVERYTHING, Long.toString(resourceVersion), null,
                false);
        try (WatchCursor cursor = storage.watch(query, ready::release)) {
            while (!closed) {
                WatchCursor.Event event = cursor.poll();
                if (event == null) {
                    ready.acquire();
                    ready.drainPermits();
                } else if (!handle(event)) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            closed = true;
        }
    }

    private boolean handle(WatchCursor.Event event) {
        @Nullable
        CachedObject object = event.object();
        switch (event.type()) {
            case ADDED, MODIFIED -> {
                if (object != null) {
                    changed(object);
                }
            }
            case DELETED -> {
                if (object != null) {
                    removed(object.namespace(), object.name());
                }
            }
            case BOOKMARK -> {}
            case ERROR -> {
                return false;
            }
        }
        return true;
    }

    private void changed(CachedObject object) {
        known.add(new Key(object.namespace(), object.name()));
        handler.changed(object);
    }

    private void removed(String namespace, String name) {
        known.remove(new Key(namespace, name));
        handler.removed(namespace, name);
    }

    /** Stops following. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
