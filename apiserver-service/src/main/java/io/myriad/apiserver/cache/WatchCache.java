package io.myriad.apiserver.cache;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ContinueToken;
import io.myriad.apiserver.storage.KeyValueStore.CompactedException;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.StorageStatus;
import io.myriad.apiserver.storage.WatchCursor;

/**
 * The objects of one resource, read from memory and written to the store.
 *
 * <p>A linearizable read asks the store for its revision, waits until the {@link Feed} has brought everything up to it, and
 * answers from the last published state; so a write is seen by every read that begins after it was answered. The cache
 * is filled when it is first asked for something; until then, and while it is filled again, requests wait a
 * while, single objects and first pages are read from the store, and the rest is told to come again.
 */
final class WatchCache implements ObjectStorage, Feed.Target, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchCache.class);
    private static final long RELOAD_MIN_MILLIS = 50;
    private static final long RELOAD_MAX_MILLIS = 5_000;
    private static final int RETRY_AFTER_SECONDS = 1;
    /** How often a read looks again when the cache is filled anew while it waits. */
    private static final int MAX_READ_ATTEMPTS = 4;

    /**
     * A state together with the version that it is answered as.
     *
     * @param revision at least the state's: nothing of this resource was written between
     */
    record View(CacheState state, long revision) {}

    private final String groupResource;
    private final ResourceStore store;
    private final Feed feed;
    private final CacheCore core;
    private final CacheLimits limits;
    private final CacheMetrics metrics;
    private final ListReader lists;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile CompletableFuture<Void> filled = new CompletableFuture<>();
    private volatile @Nullable StatusException lastFailure;
    private volatile boolean closed;

    /**
     * An empty cache; {@link #start} fills it, or its first use.
     *
     * @param groupResource as errors name it: {@code deployments.apps}
     * @param watchField the selectable field by whose values watches are woken, or null
     */
    WatchCache(String groupResource, ResourceStore store, Feed feed, @Nullable String watchField, CacheLimits limits,
            LongSupplier nanoTime) {
        this.groupResource = groupResource;
        this.store = store;
        this.feed = feed;
        this.limits = limits;
        this.metrics = store.metrics();
        this.core = new CacheCore(store, watchField, limits, feed, nanoTime);
        this.lists = new ListReader(store, core);
        metrics.gauge("apiserver_watch_cache_capacity", this, cache -> cache.core.history().capacity());
        metrics.gauge("apiserver_watch_cache_resource_version", this, cache -> cache.core.state().revision());
        metrics.gauge("apiserver_resource_objects", this, cache -> cache.core.state().tree().size());
    }

    @Override
    public CacheCore core() {
        return core;
    }

    /** Begins to fill the cache in the background. */
    void start() {
        if (started.compareAndSet(false, true)) {
            feed.add(this);
            Thread.ofVirtual().name("fill-" + groupResource).start(this::fill);
        }
    }

    @Override
    public void lost() {
        if (filled.isDone()) {
            filled = new CompletableFuture<>();
            Thread.ofVirtual().name("fill-" + groupResource).start(this::fill);
        }
    }

    private void fill() {
        long waitMillis = RELOAD_MIN_MILLIS;
        long start = System.nanoTime();
        while (!closed) {
            try {
                feed.live().get();
                if (tryFill()) {
                    lastFailure = null;
                    metrics.initializations.increment();
                    metrics.initialization.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
                    return;
                }
            } catch (StatusException failure) {
                lastFailure = failure;
                metrics.initializationErrors.increment();
                LOG.warn("{} cannot be read yet, trying again in {} ms: {}", groupResource, waitMillis,
                        failure.getMessage());
            } catch (CompactedException compacted) {
                LOG.warn("{}: reading took longer than the store keeps its history, trying again", groupResource);
            } catch (InterruptedException | ExecutionException interrupted) {
                return;
            } catch (RuntimeException | Error broken) {
                metrics.initializationErrors.increment();
                LOG.error("{} cannot be read, trying again in {} ms", groupResource, waitMillis, broken);
            }
            try {
                Thread.sleep(waitMillis);
            } catch (InterruptedException interrupted) {
                return;
            }
            waitMillis = Math.min(2 * waitMillis, RELOAD_MAX_MILLIS);
        }
    }

    private boolean tryFill() throws CompactedException, InterruptedException, ExecutionException {
        onWriter(() -> {
            core.startLoading();
            return true;
        });
        CacheLoader.Loaded loaded = CacheLoader.load(store, core.state().tree());
        return onWriter(() -> {
            boolean installed = core.install(loaded.objects(), loaded.revision(), feed.head());
            if (installed) {
                filled.complete(null);
            }
            return installed;
        });
    }

    private boolean onWriter(Supplier<Boolean> task) throws InterruptedException, ExecutionException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        feed.writer().execute(() -> {
            try {
                done.complete(task.get());
            } catch (RuntimeException | Error failure) {
                done.completeExceptionally(failure);
            }
        });
        return done.get();
    }

    /** Whether the cache is filled and in step with the store's changes. */
    boolean isReady() {
        return core.state().ready();
    }

    /** Waits until the cache is filled; throws 429 or 503 when that takes too long. */
    private void awaitFilled() {
        start();
        try {
            filled.get(limits.initializationMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException timeout) {
            StatusException failure = lastFailure;
            throw failure != null ? failure : StorageStatus.notReady(groupResource, RETRY_AFTER_SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw StorageStatus.unavailable("interrupted");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The newest state there is. */
    View any() {
        for (int attempt = 0; attempt < MAX_READ_ATTEMPTS; attempt++) {
            long head = feed.head();
            CacheState state = core.state();
            if (state.ready()) {
                return new View(state, Math.max(head, state.revision()));
            }
            awaitFilled();
        }
        throw StorageStatus.notReady(groupResource, RETRY_AFTER_SECONDS);
    }

    /** A state that is at least as new as {@code revision}; throws 504 when that is not reached in time. */
    View atLeast(long revision) {
        View view = any();
        if (view.revision() >= revision) {
            return view;
        }
        long start = System.nanoTime();
        boolean reached = feed.await(revision, limits.freshMillis());
        metrics.readWait.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        view = any();
        if (!reached && view.revision() < revision) {
            throw StorageStatus.tooLarge(revision, view.revision());
        }
        return view;
    }

    /** A state that has every write that was answered before this call. */
    View consistent() {
        if (!core.state().ready()) {
            awaitFilled();
        }
        boolean success = false;
        try {
            View view = atLeast(currentResourceVersion());
            success = true;
            return view;
        } finally {
            metrics.consistentRead(success);
        }
    }

    private View forVersion(String resourceVersion) {
        return resourceVersion.isEmpty() ? consistent() : atLeast(StorageStatus.parseVersion(resourceVersion));
    }

    @Override
    public @Nullable CachedObject get(String namespace, String name, String resourceVersion) {
        long requested = StorageStatus.parseVersion(resourceVersion);
        if (!core.state().ready()) {
            start();
            if (requested == 0) {
                return store.get(namespace, name);
            }
        }
        return forVersion(resourceVersion).state().tree().get(namespace, name);
    }

    @Override
    public ListResult list(ListQuery query) {
        long requested = StorageStatus.parseVersion(query.resourceVersion());
        SelectionFilter filter = new SelectionFilter(query.selection(), store.indexer());
        String prefix = query.selection().namespace().isEmpty() ? "" : query.selection().namespace() + "/";
        if (!query.continueToken().isEmpty()) {
            ContinueToken token = ContinueToken.decode(query.continueToken());
            if (token.resourceVersion() == ContinueToken.INCONSISTENT) {
                return lists.page(consistent(), filter, prefix, token.start(), query.limit());
            }
            return exact(filter, prefix, token.start(), query.limit(), token.resourceVersion());
        }
        boolean legacyExact = query.match() == VersionMatch.UNSET && query.limit() > 0 && requested > 0;
        if (query.match() == VersionMatch.EXACT || legacyExact) {
            return exact(filter, prefix, "", query.limit(), requested);
        }
        boolean any = !query.resourceVersion().isEmpty() && requested == 0;
        if (!core.state().ready() && query.limit() > 0 && requested == 0 && filter.isWholeNamespace()) {
            start();
            return fromStore(filter, prefix, "", query.limit(), 0);
        }
        return lists.page(forVersion(query.resourceVersion()), filter, prefix, "", any ? 0 : query.limit());
    }

    /** A list of exactly one version: from the history, or, when it does not reach back so far, from the store. */
    private ListResult exact(SelectionFilter filter, String prefix, String start, long limit, long revision) {
        View latest = atLeast(revision);
        if (revision < feed.compactedRevision()) {
            throw tooOld(revision, start);
        }
        if (revision >= latest.state().revision()) {
            return lists.page(new View(latest.state(), revision), filter, prefix, start, limit);
        }
        CacheState past = core.history().at(revision, latest.state());
        return past != null
                ? lists.page(new View(past, revision), filter, prefix, start, limit)
                : fromStore(filter, prefix, start, limit, revision);
    }

    private ListResult fromStore(SelectionFilter filter, String prefix, String start, long limit, long revision) {
        try {
            return lists.fromStore(filter, prefix, start, limit, revision);
        } catch (CompactedException compacted) {
            throw tooOld(revision, start);
        }
    }

    private static StatusException tooOld(long revision, String start) {
        return start.isEmpty() ? StorageStatus.tooOldToList(revision) : StorageStatus.tooOldToContinue(start);
    }

    @Override
    public WatchCursor watch(WatchQuery query, Runnable onReady) {
        long requested = StorageStatus.parseVersion(query.resourceVersion());
        Boolean initial = query.sendInitialEvents();
        boolean fromState = initial == null ? requested == 0 : initial;
        SelectionFilter filter = new SelectionFilter(query.selection(), store.indexer());
        any();
        CacheCursor cursor = new CacheCursor(core, filter, query.bookmarks(), onReady);
        cursor.subscribe();
        try {
            if (fromState || requested == 0) {
                startFromState(cursor, query, filter, fromState);
            } else {
                startFromHistory(cursor, requested);
            }
            return cursor;
        } catch (StatusException failure) {
            if (failure.status().code() == StatusReason.TIMEOUT.code()) {
                cursor.fail(failure.status());
                return cursor;
            }
            cursor.close();
            throw failure;
        }
    }

    private void startFromState(CacheCursor cursor, WatchQuery query, SelectionFilter filter, boolean sendState) {
        View view = forVersion(query.resourceVersion());
        cursor.start(view.state(), view.revision());
        if (sendState) {
            List<CachedObject> objects = lists.select(view.state(), filter);
            metrics.initEvents.increment(objects.size());
            cursor.sendFirst(objects.iterator(), query.sendInitialEvents() != null && query.bookmarks());
        }
    }

    private void startFromHistory(CacheCursor cursor, long revision) {
        CacheState state = any().state();
        long first = core.history().firstAfter(revision, state.sequence());
        if (first == 0 || core.state().epoch() != state.epoch()) {
            cursor.fail(StorageStatus.tooOldToWatch(revision, core.history().oldestRevision()));
        } else {
            cursor.start(first - 1, revision, state.epoch());
        }
    }

    /** Fills the cache before the first write, so that watches from the write's version on find it in the history. */
    private void beforeWrite() {
        if (!core.state().ready()) {
            start();
            try {
                awaitFilled();
            } catch (StatusException notYet) {
                LOG.debug("{}: a write goes on without the cache: {}", groupResource, notYet.getMessage());
            }
        }
    }

    @Override
    public CachedObject create(String namespace, String name, byte[] stored, long ttlSeconds) {
        beforeWrite();
        CachedObject created = store.create(namespace, name, stored, ttlSeconds);
        if (created == null) {
            throw new StatusException(Status.alreadyExists(groupResource, name));
        }
        return created;
    }

    @Override
    public @Nullable CachedObject replace(CachedObject expected, byte[] stored, long ttlSeconds) {
        beforeWrite();
        return store.replace(expected, stored, ttlSeconds);
    }

    @Override
    public boolean isStored(CachedObject version, byte[] stored) {
        return store.isStored(version, stored);
    }

    @Override
    public @Nullable CachedObject remove(CachedObject expected) {
        beforeWrite();
        return store.remove(expected);
    }

    @Override
    public long currentResourceVersion() {
        return metrics.request("getCurrentRevision", feed::currentRevision);
    }

    @Override
    public long count() {
        CacheState state = core.state();
        if (state.ready()) {
            return state.tree().size();
        }
        try {
            return store.count();
        } catch (CompactedException impossible) {
            throw new IllegalStateException("the current revision is compacted", impossible);
        }
    }

    /** Stops: watches end, requests are refused. */
    @Override
    public void close() {
        closed = true;
        metrics.close();
        feed.remove(this);
        feed.writer().execute(core::close);
    }
}
