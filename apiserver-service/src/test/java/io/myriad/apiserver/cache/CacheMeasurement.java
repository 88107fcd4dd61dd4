package io.myriad.apiserver.cache;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import io.myriad.api.codec.Envelope;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.ObjectStorage.WatchQuery;
import io.myriad.apiserver.storage.Selection;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.storage.WatchCursor;
import io.myriad.apiserver.storage.testing.InMemoryKeyValueStore;
import io.myriad.apiserver.storage.testing.TestPods;

/**
 * Prints what a cache of many pods costs and how fast it answers. Arguments: the number of pods, 200000 without one. Run it
 * with the test class path, {@code -Xmx3g -XX:+UseCompactObjectHeaders}.
 */
final class CacheMeasurement {
    private static final int NODES = 10_000;
    private static final int POD_BYTES = 2_600;
    private static final int REPETITIONS = 20;

    private final int pods;
    private final InMemoryKeyValueStore store = new InMemoryKeyValueStore(new Random(1));
    private final Storages storages = new Storages(Schema.builtin(), new StorageKeys("/registry/"), store, Map.of(),
            kind -> TestPods.SELECTABLE, new SimpleMeterRegistry());
    private final ObjectStorage cache = storages.builtin(TestPods.resource());

    private CacheMeasurement(int pods) {
        this.pods = pods;
        storages.start();
    }

    public static void main(String... arguments) throws Exception {
        new CacheMeasurement(arguments.length == 0 ? 200_000 : Integer.parseInt(arguments[0])).run();
        System.exit(0);
    }

    private static byte[] pod(int i, String note) {
        Map<String, String> labels = Map.of("app", "app-" + i % 1_000, "pod-template-hash", "h" + i % 2_000, "tier",
                "t" + i % 3);
        return TestPods.pod("ns-" + i % 100, name(i), "node-" + i % NODES, labels,
                note + "x".repeat(POD_BYTES - 250));
    }

    private static String name(int i) {
        return "web-%06d-abcde".formatted(i);
    }

    private void run() throws Exception {
        long payload = 0;
        for (int i = 0; i < pods; i++) {
            byte[] pod = pod(i, "");
            payload += pod.length;
            store.create("/registry/pods/ns-" + i % 100 + "/" + name(i), Envelope.wrap("v1", "Pod", pod), 0);
        }
        long before = usedBytes();
        long start = System.nanoTime();
        cache.list(list("", "", "0"));
        System.out.printf("filled: %d pods of %d bytes in %d ms%n", pods, payload / pods, millis(start));
        System.out.printf("heap: %.1f bytes an object over its payload%n",
                (usedBytes() - before - payload) / (double) pods);
        lists();
        writes();
        watches();
    }

    private void lists() throws Exception {
        time("LIST all, take the view", () -> cache.list(list("", "", "0")).items().size());
        time("LIST all, gather every reference", () -> {
            int bytes = 0;
            for (CachedObject object : cache.list(list("", "", "0")).items()) {
                bytes += object.bytes().length;
            }
            return bytes;
        });
        time("LIST a namespace", () -> count(new Selection("ns-7", CacheFixture.select("", "", "").labels(),
                CacheFixture.select("", "", "").fields())));
        time("LIST one of two pages of 500", () -> cache
                .list(new ListQuery(CacheFixture.select("", "", ""), "", VersionMatch.UNSET, 500, "")).items().size());
        for (String[] selector : new String[][]{{"", "spec.nodeName=node-77"}, {"app=app-7", ""},
                {"app in (app-7,app-8),tier!=t1", ""}, {"tier=t1", ""}, {"!tier", ""}}) {
            Selection selection = CacheFixture.select("", selector[0], selector[1]);
            System.out.printf("LIST %s%s by a scan: %d ms%n", selector[0], selector[1], once(selection));
            for (int i = 0; i < 4; i++) {
                count(selection);
                settle();
            }
            time("LIST " + selector[0] + selector[1], () -> count(selection));
        }
        System.out.printf("heap with indexes: %d MB%n", usedBytes() >> 20);
    }

    private long once(Selection selection) {
        long start = System.nanoTime();
        count(selection);
        return millis(start);
    }

    private void settle() throws Exception {
        for (int i = 0; i < 100; i++) {
            CountDownLatch done = new CountDownLatch(1);
            ((WatchCache) cache).core().feed().writer().execute(done::countDown);
            done.await();
        }
    }

    private int count(Selection selection) {
        return cache.list(new ListQuery(selection, "0", VersionMatch.UNSET, 0, "")).items().size();
    }

    private static ListQuery list(String labels, String fields, String version) {
        return new ListQuery(CacheFixture.select("", labels, fields), version, VersionMatch.UNSET, 0, "");
    }

    private void writes() throws Exception {
        List<CachedObject> objects = new ArrayList<>(cache.list(list("", "", "0")).items());
        int writes = 50_000;
        Random random = new Random(2);
        long writerBefore = writerNanos();
        long start = System.nanoTime();
        for (int i = 0; i < writes; i++) {
            int at = random.nextInt(objects.size());
            CachedObject object = objects.get(at);
            int number = Integer.parseInt(object.name().substring(4, 10));
            objects.set(at, cache.replace(object, pod(number, "v" + i), 0));
        }
        cache.list(list("", "", ""));
        System.out.printf("%d writes: %.1f us each, encoding and store included; %.1f us CPU of the cache's writer%n",
                writes,
                (System.nanoTime() - start) / 1e3 / writes, (writerNanos() - writerBefore) / 1e3 / writes);
        System.out.printf("history: %d events, heap %d MB%n", ((WatchCache) cache).core().history().size(),
                usedBytes() >> 20);
        time("LIST exactly 1000 versions ago", () -> cache.list(new ListQuery(CacheFixture.select("", "", ""),
                Long.toString(cache.currentResourceVersion() - 1_000), VersionMatch.EXACT, 0, "")).items().size());
        var readers = Executors.newVirtualThreadPerTaskExecutor();
        long begin = System.nanoTime();
        CountDownLatch done = new CountDownLatch(100_000);
        for (int i = 0; i < 100_000; i++) {
            CachedObject object = objects.get(i % objects.size());
            readers.submit(() -> {
                cache.get(object.namespace(), object.name(), "");
                done.countDown();
            });
        }
        done.await();
        System.out.printf("100000 linearizable GETs: %.1f us each%n", (System.nanoTime() - begin) / 1e3 / 100_000);
        readers.close();
    }

    private void watches() throws Exception {
        List<WatchCursor> cursors = new ArrayList<>();
        String version = Long.toString(cache.list(list("", "", "")).resourceVersion());
        long before = usedBytes();
        int[] woken = new int[1];
        for (int i = 0; i < NODES; i++) {
            cursors.add(
                    cache.watch(new WatchQuery(CacheFixture.select("", "", "spec.nodeName=node-" + i), version, null,
                            true), () -> woken[0]++));
        }
        System.out.printf("%d watches of a node: %d bytes each%n", NODES, (usedBytes() - before) / NODES);
        cursors.forEach(WatchCursor::poll);
        int writes = 20_000;
        List<CachedObject> objects = new ArrayList<>(cache.list(list("", "", "0")).items());
        long writerBefore = writerNanos();
        long start = System.nanoTime();
        for (int i = 0; i < writes; i++) {
            CachedObject object = objects.get(i);
            cache.replace(object, pod(Integer.parseInt(object.name().substring(4, 10)), "w" + i), 0);
        }
        cache.list(list("", "", ""));
        System.out.printf("%d writes under them: %.1f us each, %.1f us CPU of the cache's writer, %d wakes%n", writes,
                (System.nanoTime() - start) / 1e3 / writes, (writerNanos() - writerBefore) / 1e3 / writes, woken[0]);
        start = System.nanoTime();
        int events = 0;
        for (WatchCursor cursor : cursors) {
            while (cursor.poll() != null) {
                events++;
            }
        }
        System.out.printf("%d events polled in %d ms%n", events, millis(start));
    }

    private static void time(String what, Supplier<Integer> call) {
        long best = Long.MAX_VALUE;
        int result = 0;
        for (int i = 0; i < REPETITIONS; i++) {
            long start = System.nanoTime();
            result = call.get();
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.printf("%s: %.3f ms (%d)%n", what, best / 1e6, result);
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** CPU time of the thread that brings changes into the cache. */
    private static long writerNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().equals("store-feed")) {
                return threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        throw new IllegalStateException("no store-feed thread");
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
