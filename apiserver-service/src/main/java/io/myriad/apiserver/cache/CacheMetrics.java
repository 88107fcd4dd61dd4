package io.myriad.apiserver.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/** What is measured about one resource's cache and its requests to the store; names, labels and bounds as upstream's. */
final class CacheMetrics {
    private static final double[] STORE_SECONDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4,
            5, 6, 8, 10, 15, 20, 30, 45, 60};
    private static final double[] WAIT_SECONDS = {0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3};
    private static final double[] FILL_SECONDS = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600};

    private final MeterRegistry registry;
    private final Tags tags;
    private final ConcurrentHashMap<String, Timer> storeRequests = new ConcurrentHashMap<>();
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<String, Counter> counters = new ConcurrentHashMap<>();
    final Counter eventsReceived;
    final Counter eventsDispatched;
    final Counter terminatedWatchers;
    final Counter initEvents;
    final Counter initializations;
    final Counter initializationErrors;
    final Counter decodeErrors;
    final Timer initialization;
    final Timer readWait;
    final DistributionSummary listed;

    CacheMetrics(MeterRegistry registry, String group, String resource) {
        this.registry = registry;
        this.tags = Tags.of("group", group, "resource", resource);
        this.eventsReceived = registry.counter("apiserver_watch_cache_events_received", tags);
        this.eventsDispatched = registry.counter("apiserver_watch_cache_events_dispatched", tags);
        this.terminatedWatchers = registry.counter("apiserver_terminated_watchers", tags);
        this.initEvents = registry.counter("apiserver_init_events", tags);
        this.initializations = registry.counter("apiserver_watch_cache_initializations", tags);
        this.initializationErrors = registry.counter("apiserver_watch_cache_initialization_errors", tags);
        this.decodeErrors = registry.counter("apiserver_storage_decode_errors", tags);
        this.initialization = timer("apiserver_watch_cache_initialization_duration", tags, FILL_SECONDS);
        this.readWait = timer("apiserver_watch_cache_read_wait", tags, WAIT_SECONDS);
        this.listed = registry.summary("apiserver_cache_list_returned_objects", tags);
    }

    private Timer timer(String name, Tags with, double[] boundsSeconds) {
        Duration[] bounds = new Duration[boundsSeconds.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = Duration.ofNanos((long) (boundsSeconds[i] * 1e9));
        }
        return Timer.builder(name).tags(with).serviceLevelObjectives(bounds).register(registry);
    }

    /** Shows a number that changes by itself. */
    <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
        gauges.add(Gauge.builder(name, of, value).tags(tags).strongReference(true).register(registry));
    }

    /** Shows no numbers of a cache that is gone any more. */
    void close() {
        gauges.forEach(registry::remove);
    }

    /** Counts a list by how it was answered: the index that was used, or empty for a scan. */
    void list(String index, int returned) {
        counters.computeIfAbsent("list " + index,
                first -> registry.counter("apiserver_cache_list", tags.and("index", index))).increment();
        listed.record(returned);
    }

    /** Counts a linearizable read that was answered from the cache, or was not. */
    void consistentRead(boolean success) {
        counters.computeIfAbsent("read " + success, first -> registry.counter(
                "apiserver_watch_cache_consistent_read", tags.and("success", Boolean.toString(success), "fallback",
                        "false")))
                .increment();
    }

    /** Sends a request to the store, measured. */
    <T> T request(String operation, Supplier<T> request) {
        Timer timer = storeRequests.computeIfAbsent(operation,
                first -> timer("etcd_request_duration", tags.and("operation", operation), STORE_SECONDS));
        counters.computeIfAbsent("request " + operation,
                first -> registry.counter("etcd_requests", tags.and("operation", operation))).increment();
        long start = System.nanoTime();
        boolean answered = false;
        try {
            T answer = request.get();
            answered = true;
            return answer;
        } finally {
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            if (!answered) {
                counters.computeIfAbsent("error " + operation,
                        first -> registry.counter("etcd_request_errors", tags.and("operation", operation)))
                        .increment();
            }
        }
    }
}
