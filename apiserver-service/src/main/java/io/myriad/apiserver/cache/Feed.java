package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.KeyValueStore;
import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.apiserver.storage.StorageStatus;
import io.myriad.apiserver.storage.StoredKind;

/**
 * One watch over everything that API servers keep in a store, and the one thread that brings it into the caches.
 *
 * <p>One watch instead of one for each resource: its events come in the order of all revisions, so every event tells every
 * cache how far it is. A read that needs revision n then only waits for the event of n, whichever resource it is of, and
 * asks the store for a progress notification just when n was written outside the watched keys. The price, events of
 * resources that nobody has asked for, is a look at the key.
 *
 * <p>The head grows after the caches have published what lies below it, so a reader that reads the head first and then a
 * cache's state has everything up to the head.
 *
 * <p>When revisions have been lost, because they were compacted while the store was away, or because the store itself went
 * back (a restored backup), all caches are told, and are filled again behind a new start.
 */
final class Feed implements AutoCloseable {
    /** A part of the keys. Called on the writer thread. */
    interface Target {
        CacheCore core();

        /** Revisions are missing: the objects must be read again when the feed is {@link Feed#live}. */
        void lost();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final long CONNECT_MIN_MILLIS = 50;
    private static final long CONNECT_MAX_MILLIS = 2_000;
    /** How long a read waits for the event before it asks for progress, and then before it asks again. */
    private static final long FIRST_PROGRESS_MILLIS = 5;
    private static final long NEXT_PROGRESS_MILLIS = 50;
    /** The shortest time between two requests for progress, however many reads wait. */
    private static final long PROGRESS_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long TRIM_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final KeyValueStore store;
    private final String root;
    private final ExecutorService writer;
    private volatile long head;
    private volatile long compactedRevision;
    private volatile boolean closed;
    private volatile CompletableFuture<Void> live = new CompletableFuture<>();
    private KeyValueStore.@Nullable Watch watch;

    /** By the key's part behind the root, up to and including its first or second slash. */
    private final Map<String, Target> targets = new HashMap<>();
    private final List<CacheCore> touched = new ArrayList<>();
    private long trimmedNanos = System.nanoTime();
    private long progressAskedNanos = trimmedNanos;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private volatile int waiting;

    /**
     * A feed that is not connected yet.
     *
     * @param root what all keys start with, slash included
     */
    Feed(KeyValueStore store, String root) {
        this.store = store;
        this.root = root;
        this.writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("store-feed").factory());
    }

    /** Runs tasks on the writer thread; after {@link #close} it drops them. */
    Executor writer() {
        return task -> {
            try {
                writer.execute(task);
            } catch (RejectedExecutionException ignored) {
                LOG.debug("a task was dropped: the feed is closed");
            }
        };
    }

    /** Connects in the background, trying until it succeeds. */
    void start() {
        Thread.ofVirtual().name("store-feed-connect").start(this::connect);
    }

    private void connect() {
        long waitMillis = CONNECT_MIN_MILLIS;
        while (!closed) {
            try {
                long revision = store.revisions().revision();
                writer().execute(() -> begin(revision));
                return;
            } catch (StatusException failure) {
                LOG.warn("the store cannot be watched yet, trying again in {} ms: {}", waitMillis,
                        failure.getMessage());
            }
            try {
                Thread.sleep(waitMillis);
            } catch (InterruptedException interrupted) {
                return;
            }
            waitMillis = Math.min(2 * waitMillis, CONNECT_MAX_MILLIS);
        }
    }

    private void begin(long revision) {
        if (closed) {
            return;
        }
        head = revision;
        KeyValueStore.Watch[] opened = new KeyValueStore.Watch[1];
        opened[0] = store.watch(root, StoredKind.end(root), revision + 1, writer(), new KeyValueStore.Listener() {
            @Override
            public void changes(List<Change> changes, long complete) {
                if (watch == opened[0]) {
                    receive(changes, complete);
                }
            }

            @Override
            public void progress(long upTo) {
                if (watch == opened[0]) {
                    advance(upTo);
                }
            }

            @Override
            public void compacted() {
                if (watch == opened[0]) {
                    lost("what the store wrote meanwhile has been compacted");
                }
            }
        });
        watch = opened[0];
        live.complete(null);
    }

    /** Completes when changes are being received; replaced when they are lost. */
    CompletableFuture<Void> live() {
        return live;
    }

    /** Adds a part of the keys. */
    void add(Target target) {
        writer().execute(() -> targets.put(routeOf(target.core().kind()), target));
    }

    /** Removes a part of the keys. */
    void remove(Target target) {
        writer().execute(() -> targets.remove(routeOf(target.core().kind()), target));
    }

    private String routeOf(StoredKind kind) {
        return kind.prefix().substring(root.length());
    }

    private @Nullable Target route(String key) {
        int first = key.indexOf('/', root.length());
        if (first < 0) {
            return null;
        }
        Target target = targets.get(key.substring(root.length(), first + 1));
        if (target == null) {
            int second = key.indexOf('/', first + 1);
            target = second < 0 ? null : targets.get(key.substring(root.length(), second + 1));
        }
        return target;
    }

    private void receive(List<Change> changes, long complete) {
        try {
            for (int i = 0; i < changes.size(); i++) {
                Target target = route(changes.get(i).key());
                if (target != null && target.core().receive(changes.get(i))) {
                    touched.add(target.core());
                }
            }
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).publish(complete);
            }
            advance(complete);
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).wake();
            }
            trim();
        } catch (RuntimeException | Error broken) {
            LOG.error("a change up to revision {} could not be applied, head {}: all caches are filled again", complete,
                    head, broken);
            lost("a change could not be applied");
        } finally {
            touched.clear();
        }
    }

    private void advance(long revision) {
        if (revision > head) {
            head = revision;
        }
        if (waiting > 0) {
            lock.lock();
            try {
                advanced.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void trim() {
        long now = System.nanoTime();
        if (now - trimmedNanos > TRIM_NANOS) {
            trimmedNanos = now;
            targets.values().forEach(target -> target.core().trim(compactedRevision));
        }
    }

    private void lost(String why) {
        LOG.warn("changes behind revision {} are lost: {}", head, why);
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (live.isDone()) {
            live = new CompletableFuture<>();
        }
        targets.values().forEach(target -> {
            target.core().lost();
            target.lost();
        });
        start();
    }

    /** The revision up to which everything has been received and published. */
    long head() {
        return head;
    }

    /** The revision below which the store's history is known to be compacted. */
    long compactedRevision() {
        return compactedRevision;
    }

    /** The store's current revision, read from a quorum. */
    long currentRevision() {
        long before = head;
        KeyValueStore.Revisions now = store.revisions();
        if (now.compactedRevision() > compactedRevision) {
            compactedRevision = now.compactedRevision();
        }
        if (now.revision() < before) {
            CompletableFuture<Void> told = new CompletableFuture<>();
            writer().execute(() -> {
                if (watch != null && head >= before) {
                    lost("the store has gone back from revision " + before + " to " + now.revision());
                }
                told.complete(null);
            });
            told.completeOnTimeout(null, NEXT_PROGRESS_MILLIS, TimeUnit.MILLISECONDS).join();
            throw StorageStatus.unavailable("it has gone back to an older revision, and the caches are filled again");
        }
        return now.revision();
    }

    /** Notes how far the history has been compacted. */
    void compacted(long revision) {
        if (revision > compactedRevision) {
            compactedRevision = revision;
        }
    }

    /**
     * Waits until everything up to a revision has been received.
     *
     * @return false when the time is over
     */
    boolean await(long revision, long timeoutMillis) {
        if (head >= revision) {
            return true;
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        long sliceMillis = FIRST_PROGRESS_MILLIS;
        lock.lock();
        waiting++;
        try {
            while (head < revision) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                long slice = Math.min(left, TimeUnit.MILLISECONDS.toNanos(sliceMillis));
                if (advanced.awaitNanos(slice) <= 0) {
                    writer().execute(this::askForProgress);
                    sliceMillis = NEXT_PROGRESS_MILLIS;
                }
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private void askForProgress() {
        long now = System.nanoTime();
        if (watch != null && now - progressAskedNanos > PROGRESS_PAUSE_NANOS) {
            progressAskedNanos = now;
            watch.requestProgress();
        }
    }

    @Override
    public void close() {
        closed = true;
        writer().execute(() -> {
            if (watch != null) {
                watch.close();
            }
            targets.values().forEach(target -> target.core().close());
        });
        writer.shutdown();
    }
}
