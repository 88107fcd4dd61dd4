package io.myriad.apiserver.cache;

import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.ObjectStorage.WatchQuery;
import io.myriad.apiserver.storage.Selection;
import io.myriad.apiserver.storage.StorageStatus;
import io.myriad.apiserver.storage.WatchCursor;
import io.myriad.apiserver.storage.WatchCursor.EventType;
import io.myriad.apiserver.storage.testing.TestPods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the cache does when the store is late, away, compacted, restored, or has what it cannot read. */
class ResynchronizationTest {
    private static final Selection ALL = CacheFixture.select("", "", "");
    private static final CacheLimits LIMITS = new CacheLimits(64, 256, 75_000, 1 << 20, 16, 300, 1_000, 1 << 20);
    private static final int PATIENCE_SECONDS = 20;

    private final CacheFixture fixture = new CacheFixture(1, LIMITS);
    private final WatchCache cache = fixture.cache;
    private final Semaphore ready = new Semaphore(0);

    @AfterEach
    void close() {
        fixture.close();
    }

    private CachedObject create(String name) {
        return fixture.create("a", name, "n1", Map.of());
    }

    private WatchCursor watch(long from) {
        return cache.watch(new WatchQuery(ALL, Long.toString(from), null, true), ready::release);
    }

    private WatchCursor.Event next(WatchCursor cursor) throws InterruptedException {
        while (true) {
            WatchCursor.Event event = cursor.poll();
            if (event != null) {
                return event;
            }
            assertThat(ready.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("woken").isTrue();
        }
    }

    /** Whoever fills the cache counts it when it can be read already. */
    private void awaitInitializations(int expected) {
        Counter counted = fixture.metrics.find("apiserver_watch_cache_initializations").counter();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (counted.count() < expected && System.nanoTime() - deadline < 0) {
            Thread.onSpinWait();
        }
        assertThat(counted.count()).isEqualTo(expected);
    }

    private static void assertReason(StatusReason reason, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusException.class,
                failure -> assertThat(failure.status().reason()).isEqualTo(reason));
    }

    /** The cache says that the store is away once it has asked it; before that it asks clients to come again. */
    private void assertCannotBeFilled() {
        for (int attempt = 0; attempt < PATIENCE_SECONDS; attempt++) {
            try {
                cache.list(CacheFixture.query(ALL));
                throw new AssertionError("listed without a store");
            } catch (StatusException refused) {
                if (refused.status().reason() == StatusReason.SERVICE_UNAVAILABLE) {
                    return;
                }
                assertThat(refused.status().reason()).isEqualTo(StatusReason.TOO_MANY_REQUESTS);
            }
        }
        throw new AssertionError("the cache never asked the store");
    }

    /** Reads until the cache is filled again; each read waits by itself. */
    private int listed() {
        for (int attempt = 0; attempt < 100; attempt++) {
            try {
                return cache.list(CacheFixture.query(ALL)).items().size();
            } catch (StatusException notYet) {
                assertThat(notYet.status().code()).isIn(429, 503, 504);
            }
        }
        throw new AssertionError("the cache was not filled again");
    }

    @Test
    void aReadThatTheStoreIsLateForTimesOut() {
        create("x");
        assertThat(listed()).isEqualTo(1);
        fixture.store.hold(true);
        CachedObject y = create("y");
        assertThatThrownBy(() -> cache.get("a", "y", "")).isInstanceOfSatisfying(StatusException.class, failure -> {
            assertThat(failure.status().code()).isEqualTo(504);
            assertThat(failure.status().details().retryAfterSeconds()).isPositive();
        });
        assertThat(cache.list(new ListQuery(ALL, "0", VersionMatch.UNSET, 0, "")).items()).hasSize(1);
        fixture.store.hold(false);
        assertThat(cache.get("a", "y", "").resourceVersion()).isEqualTo(y.resourceVersion());
    }

    @Test
    void aWriteElsewhereInTheStoreIsReachedByProgress() {
        create("x");
        fixture.store.create("/elsewhere", new byte[0], 0);
        long version = cache.currentResourceVersion();
        assertThat(cache.list(CacheFixture.query(ALL)).resourceVersion()).isEqualTo(version);
    }

    @Test
    void otherResourcesWritesNeedNoProgress() {
        CachedObject x = create("x");
        try (WatchCursor cursor = watch(x.resourceVersion())) {
            fixture.store.create("/registry/leases/a/b", new byte[0], 0);
            assertThat(cache.list(CacheFixture.query(ALL)).items()).hasSize(1);
            assertThat(cursor.bookmark().resourceVersion()).isEqualTo(x.resourceVersion() + 1);
        }
    }

    @Test
    void aCompactedGapEndsWatchesAndFillsTheCacheAgain() throws Exception {
        CachedObject x = create("x");
        try (WatchCursor idle = watch(x.resourceVersion());
                WatchCursor selective = cache.watch(
                        new WatchQuery(CacheFixture.select("", "", "spec.nodeName=other"), "", null, true),
                        ready::release)) {
            assertThat(idle.poll()).isNull();
            fixture.store.hold(true);
            CachedObject removed = cache.remove(x);
            CachedObject y = create("y");
            create("z");
            fixture.store.compact(y.resourceVersion() + 1);
            fixture.store.hold(false);
            assertThat(next(idle).status().reason()).isEqualTo(StatusReason.EXPIRED);
            assertThat(next(selective).status().reason()).isEqualTo(StatusReason.EXPIRED);
            assertThat(listed()).isEqualTo(2);
            assertThat(cache.get("a", "x", "")).isNull();
            try (WatchCursor old = watch(removed.resourceVersion())) {
                assertThat(next(old).type()).isEqualTo(EventType.ERROR);
            }
            long version = cache.list(CacheFixture.query(ALL)).resourceVersion();
            try (WatchCursor fresh = watch(version)) {
                create("w");
                assertThat(next(fresh).object().name()).isEqualTo("w");
            }
            awaitInitializations(2);
        }
    }

    @Test
    void aStoreThatWentBackIsReadAgain() throws Exception {
        CachedObject x = create("x");
        create("y");
        assertThat(listed()).isEqualTo(2);
        try (WatchCursor cursor = watch(x.resourceVersion())) {
            fixture.store.goBack(x.resourceVersion());
            assertReason(StatusReason.SERVICE_UNAVAILABLE, () -> cache.get("a", "y", ""));
            assertThat(listed()).isEqualTo(1);
            assertThat(next(cursor).status().code()).isEqualTo(410);
        }
        assertThat(cache.get("a", "y", "")).isNull();
        create("z");
        assertThat(listed()).isEqualTo(2);
    }

    @Test
    void whileTheStoreIsAwayOldDataIsServedToThoseWhoTakeIt() {
        CachedObject x = create("x");
        assertThat(listed()).as("in the cache").isEqualTo(1);
        fixture.store.fail(StorageStatus.unavailable("test"));
        assertReason(StatusReason.SERVICE_UNAVAILABLE, () -> cache.list(CacheFixture.query(ALL)));
        assertReason(StatusReason.SERVICE_UNAVAILABLE, () -> cache.get("a", "x", ""));
        assertReason(StatusReason.SERVICE_UNAVAILABLE, () -> create("y"));
        assertThat(cache.get("a", "x", "0").resourceVersion()).isEqualTo(x.resourceVersion());
        assertThat(cache.list(new ListQuery(ALL, "0", VersionMatch.UNSET, 0, "")).items()).hasSize(1);
        fixture.store.fail(null);
        assertThat(listed()).isEqualTo(1);
    }

    @Test
    void aCacheThatCannotBeFilledSaysWhyAndRecovers() {
        fixture.store.fail(StorageStatus.unavailable("test"));
        assertCannotBeFilled();
        fixture.store.fail(null);
        assertThat(listed()).isZero();
    }

    @Test
    void beforeItIsFilledTheCacheReadsSingleObjectsAndPagesFromTheStore() {
        fixture.store.fail(StorageStatus.unavailable("the feed cannot begin"));
        assertCannotBeFilled();
        fixture.store.hold(true);
        fixture.store.fail(null);
        assertThat(cache.get("a", "x", "")).isNull();
        assertThat(cache.list(new ListQuery(ALL, "", VersionMatch.UNSET, 5, "")).items()).isEmpty();
        fixture.store.hold(false);
    }

    @Test
    void whatIsNoPodIsLeftOut() {
        create("x");
        fixture.store.create("/registry/pods/a/garbage", new byte[]{1, 2, 3}, 0);
        fixture.store.create("/registry/pods/a/too/deep", new byte[]{1, 2, 3}, 0);
        fixture.store.create("/registry/pods/json", "{}".getBytes(), 0);
        assertThat(listed()).isEqualTo(1);
        assertThat(cache.get("a", "garbage", "")).isNull();
        assertThat(fixture.metrics.find("apiserver_storage_decode_errors").counter().count()).isEqualTo(1);
        CachedObject replaced = create("y");
        fixture.store.replace("/registry/pods/a/y", replaced.resourceVersion(), new byte[]{1}, 0);
        assertThat(listed()).as("what cannot be read any more is gone").isEqualTo(1);
    }

    @Test
    void namesThatWouldMakeOtherKeysAreRefused() {
        for (String name : new String[]{"", "a/b"}) {
            assertReason(StatusReason.BAD_REQUEST,
                    () -> cache.create("a", name, TestPods.pod("a", "x", "", Map.of(), ""), 0));
            assertThat(cache.get("a", name, "")).isNull();
        }
        assertReason(StatusReason.BAD_REQUEST, () -> cache.create("", "x", TestPods.pod("", "x", "", Map.of(), ""), 0));
    }

    @Test
    void closingEndsWatches() throws Exception {
        CachedObject x = create("x");
        WatchCursor cursor = watch(x.resourceVersion());
        fixture.close();
        assertThat(next(cursor).type()).isEqualTo(EventType.ERROR);
    }

    @Test
    void aSlowWatchFallsBehindAlone() throws Exception {
        CachedObject x = create("x");
        try (WatchCursor slow = watch(x.resourceVersion()); WatchCursor fast = watch(x.resourceVersion())) {
            for (int i = 0; i < 600; i++) {
                x = cache.replace(x, TestPods.pod("a", "x", "n1", Map.of(), "v" + i), 0);
                assertThat(next(fast).object().resourceVersion()).isEqualTo(x.resourceVersion());
            }
            assertThat(next(slow).status().code()).isEqualTo(410);
            assertThat(slow.poll()).isNull();
            assertThat(fixture.metrics.find("apiserver_terminated_watchers").counter().count()).isEqualTo(1);
        }
    }
}
