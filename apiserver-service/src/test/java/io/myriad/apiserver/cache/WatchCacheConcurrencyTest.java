package io.myriad.apiserver.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.KeyValueStore.Change;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.ListResult;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.Selection;
import io.myriad.apiserver.storage.WatchCursor;
import io.myriad.apiserver.storage.testing.TestPods;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writers, lists and watches of random selections at the same time; afterwards every answer is compared with what the
 * store's history says it should have been. The seed is the test's parameter.
 */
class WatchCacheConcurrencyTest {
    private static final int WRITERS = 3;
    private static final int WRITES_EACH = 1_500;
    private static final int WATCHERS = 24;
    private static final int LISTERS = 3;
    private static final int LISTS_EACH = 120;
    private static final int INITIAL_PODS = 700;
    private static final int PATIENCE_SECONDS = 60;

    private record ListAnswer(Selection selection, ListResult result, List<String> items) {}

    private final AtomicLong lastVersion = new AtomicLong();
    private final Map<String, CachedObject> known = new ConcurrentHashMap<>();
    private CacheFixture fixture;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyAnswerIsWhatTheHistorySays(long seed) throws Exception {
        Random random = new Random(seed);
        try (CacheFixture opened = new CacheFixture(seed, CacheFixture.SMALL);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            fixture = opened;
            for (int i = 0; i < INITIAL_PODS; i++) {
                write(random);
            }
            List<Future<?>> writers = new ArrayList<>();
            List<Future<List<ListAnswer>>> lists = new ArrayList<>();
            List<Watcher> watchers = new ArrayList<>();
            List<Future<?>> watching = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                Watcher watcher = new Watcher(new Random(random.nextLong()));
                watchers.add(watcher);
                watching.add(threads.submit(watcher));
            }
            for (int i = 0; i < WRITERS; i++) {
                Random own = new Random(random.nextLong());
                writers.add(threads.submit(() -> {
                    for (int n = 0; n < WRITES_EACH; n++) {
                        write(own);
                    }
                }));
            }
            for (int i = 0; i < LISTERS; i++) {
                Random own = new Random(random.nextLong());
                lists.add(threads.submit((Callable<List<ListAnswer>>) () -> lists(own)));
            }
            for (Future<?> writer : writers) {
                writer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            long end = opened.cache.currentResourceVersion();
            watchers.forEach(watcher -> watcher.finishAt(end));
            for (Future<?> watcher : watching) {
                watcher.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            List<Change> history = opened.store.history();
            for (Future<List<ListAnswer>> answers : lists) {
                for (ListAnswer answer : answers.get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    assertThat(answer.items()).as("%s at %s", answer.selection(), answer.result().resourceVersion())
                            .isEqualTo(opened.expectedList(history, answer.selection(),
                                    answer.result().resourceVersion()));
                }
            }
            for (Watcher watcher : watchers) {
                watcher.check(history);
            }
            assertThat(opened.metrics.find("apiserver_cache_list").tag("index", "selector").counter())
                    .as("lists answered by an index").isNotNull();
            assertThat(watchers).as("watches that saw everything").anyMatch(watcher -> watcher.complete);
        }
    }

    private static Selection selection(Random random) {
        String namespace = random.nextInt(3) == 0 ? "ns" + random.nextInt(4) : "";
        return switch (random.nextInt(7)) {
            case 0 -> CacheFixture.select(namespace, "", "spec.nodeName=n" + random.nextInt(12));
            case 1 -> CacheFixture.select(namespace, "app=a" + random.nextInt(6), "");
            case 2 -> CacheFixture.select(namespace, "app in (a1,a2),tier!=t1", "");
            case 3 -> CacheFixture.select(namespace, "tier,app=a3", "");
            case 4 -> CacheFixture.select("ns1", "", "metadata.name=p" + random.nextInt(300));
            case 5 -> CacheFixture.select(namespace, "!tier", "status.phase=Running");
            default -> CacheFixture.select(namespace, "", "");
        };
    }

    private void write(Random random) {
        String namespace = "ns" + random.nextInt(4);
        String name = "p" + random.nextInt(300);
        CachedObject now = known.get(namespace + "/" + name);
        byte[] pod = pod(random, namespace, name);
        CachedObject written;
        if (now == null) {
            try {
                written = fixture.cache.create(namespace, name, pod, 0);
            } catch (StatusException raced) {
                assertThat(raced.status().reason()).isEqualTo(StatusReason.ALREADY_EXISTS);
                return;
            }
            known.put(namespace + "/" + name, written);
        } else if (random.nextInt(5) == 0) {
            written = fixture.cache.remove(now);
            if (written != null) {
                known.remove(namespace + "/" + name, now);
            }
        } else {
            written = fixture.cache.replace(now, pod, 0);
            if (written != null) {
                known.replace(namespace + "/" + name, now, written);
            }
        }
        if (written == null) {
            CachedObject current = fixture.cache.get(namespace, name, "");
            if (current == null) {
                known.remove(namespace + "/" + name);
            } else {
                known.put(namespace + "/" + name, current);
            }
        } else {
            lastVersion.set(written.resourceVersion());
        }
    }

    private static byte[] pod(Random random, String namespace, String name) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("app", "a" + random.nextInt(6));
        if (random.nextBoolean()) {
            labels.put("tier", "t" + random.nextInt(3));
        }
        String node = random.nextInt(4) == 0 ? "" : "n" + random.nextInt(12);
        return TestPods.pod(namespace, name, node, labels, Integer.toString(random.nextInt()));
    }

    private List<ListAnswer> lists(Random random) {
        List<ListAnswer> answers = new ArrayList<>();
        for (int i = 0; i < LISTS_EACH; i++) {
            Selection selection = selection(random);
            long version = Math.max(1, lastVersion.get() - random.nextInt(200));
            try {
                answers.add(switch (random.nextInt(4)) {
                    case 0 -> list(new ListQuery(selection, "0", VersionMatch.UNSET, 0, ""));
                    case 1 -> list(new ListQuery(selection, Long.toString(version), VersionMatch.EXACT, 0, ""));
                    case 2 -> pages(selection, 1 + random.nextInt(40));
                    default -> consistent(selection);
                });
            } catch (StatusException gone) {
                assertThat(gone.status().reason()).isEqualTo(StatusReason.EXPIRED);
            }
        }
        return answers;
    }

    private ListAnswer list(ListQuery query) {
        ListResult result = fixture.cache.list(query);
        return new ListAnswer(query.selection(), result, result.items().stream().map(CacheFixture::show).toList());
    }

    private ListAnswer consistent(Selection selection) {
        long before = lastVersion.get();
        ListAnswer answer = list(CacheFixture.query(selection));
        assertThat(answer.result().resourceVersion()).isGreaterThanOrEqualTo(before);
        return answer;
    }

    private ListAnswer pages(Selection selection, int limit) {
        List<String> items = new ArrayList<>();
        ListResult page = fixture.cache.list(new ListQuery(selection, "", VersionMatch.UNSET, limit, ""));
        ListResult first = page;
        page.items().forEach(item -> items.add(CacheFixture.show(item)));
        while (!page.continueToken().isEmpty()) {
            assertThat(page.items()).hasSize(limit);
            page = fixture.cache.list(new ListQuery(selection, "", VersionMatch.UNSET, limit, page.continueToken()));
            assertThat(page.resourceVersion()).isEqualTo(first.resourceVersion());
            page.items().forEach(item -> items.add(CacheFixture.show(item)));
        }
        return new ListAnswer(selection, first, items);
    }

    /** A watch that is sometimes slow, and checks its bookmarks while it goes. */
    private final class Watcher implements Runnable {
        private final Random random;
        private final Semaphore ready = new Semaphore(0);
        private final Selection selection;
        private final List<String> initial = new ArrayList<>();
        private final List<String> events = new ArrayList<>();
        private volatile long end = Long.MAX_VALUE;
        private long start;
        private long seen;
        private boolean complete;

        Watcher(Random random) {
            this.random = random;
            this.selection = selection(random);
        }

        void finishAt(long version) {
            end = version;
            ready.release();
        }

        @Override
        public void run() {
            boolean fromState = random.nextInt(3) == 0;
            boolean slow = random.nextInt(4) == 0;
            start = fromState ? 0 : Math.max(1, lastVersion.get() - random.nextInt(100));
            ObjectStorage.WatchQuery query = new ObjectStorage.WatchQuery(selection,
                    fromState ? "" : Long.toString(start), fromState ? true : null, true);
            seen = start;
            try (WatchCursor cursor = fixture.cache.watch(query, ready::release)) {
                boolean inState = fromState;
                while (seen < end) {
                    WatchCursor.Event event = cursor.poll();
                    if (event == null) {
                        WatchCursor.Event bookmark = cursor.bookmark();
                        if (bookmark != null) {
                            assertThat(bookmark.resourceVersion()).isGreaterThanOrEqualTo(seen);
                            seen = bookmark.resourceVersion();
                        } else if (end == Long.MAX_VALUE) {
                            ready.acquire();
                        }
                        if (seen < end) {
                            ready.tryAcquire(slow ? 20 : 1, TimeUnit.MILLISECONDS);
                        }
                        continue;
                    }
                    if (event.type() == WatchCursor.EventType.ERROR) {
                        assertThat(event.status().code()).isEqualTo(410);
                        return;
                    }
                    if (inState) {
                        inState = initial(event);
                    } else {
                        follow(event);
                    }
                }
                complete = true;
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        private boolean initial(WatchCursor.Event event) {
            if (event.type() == WatchCursor.EventType.BOOKMARK) {
                assertThat(event.initialEventsEnd()).isTrue();
                start = event.resourceVersion();
                seen = start;
                return false;
            }
            initial.add(CacheFixture.show(event.object()));
            return true;
        }

        private void follow(WatchCursor.Event event) {
            assertThat(event.resourceVersion()).as("in order").isGreaterThan(seen);
            assertThat(event.object().resourceVersion()).isEqualTo(event.resourceVersion());
            seen = event.resourceVersion();
            events.add(event.type() + " " + CacheFixture.show(event.object()));
        }

        void check(List<Change> history) {
            if (start == 0) {
                return;
            }
            if (!initial.isEmpty()) {
                assertThat(initial).isEqualTo(fixture.expectedList(history, selection, start));
            }
            List<String> expected = fixture.expectedEvents(history, selection, start);
            if (complete) {
                assertThat(events).as("%s from %s", selection, start).isEqualTo(expected);
            } else {
                assertThat(events).as("%s from %s, until it fell behind", selection, start)
                        .isEqualTo(expected.subList(0, events.size()));
            }
        }
    }
}
