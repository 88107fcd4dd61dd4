package io.myriad.control.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A queue's figures under client-go's names. One object per queue name lives as long as the process; queues that come and
 * go with leadership are {@link #watch}ed one after the other.
 */
public final class QueueMetrics {
    private static final Duration[] BOUNDS = {Duration.ofNanos(10_000), Duration.ofNanos(100_000), Duration.ofMillis(1),
            Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10)};

    private final Counter adds;
    private final Counter retries;
    private final Timer waits;
    private final Timer works;
    private final AtomicReference<@Nullable WorkQueue<?>> queue = new AtomicReference<>();

    public QueueMetrics(String name, MeterRegistry registry) {
        this.adds = registry.counter("workqueue_adds", "name", name);
        this.retries = registry.counter("workqueue_retries", "name", name);
        this.waits = Timer.builder("workqueue_queue_duration").tag("name", name).serviceLevelObjectives(BOUNDS)
                .register(registry);
        this.works = Timer.builder("workqueue_work_duration").tag("name", name).serviceLevelObjectives(BOUNDS)
                .register(registry);
        Gauge.builder("workqueue_depth", queue, held -> depth(held.get())).tag("name", name).register(registry);
        Gauge.builder("workqueue_longest_running_processor_seconds", queue, held -> longest(held.get()))
                .tag("name", name).register(registry);
    }

    /** From now on depth and running work are this queue's; null for none. */
    public void watch(@Nullable WorkQueue<?> newQueue) {
        queue.set(newQueue);
    }

    private static double depth(@Nullable WorkQueue<?> held) {
        return held == null ? 0 : held.depth();
    }

    private static double longest(@Nullable WorkQueue<?> held) {
        return held == null ? 0 : held.longestWorkSeconds();
    }

    void added() {
        adds.increment();
    }

    void retried() {
        retries.increment();
    }

    void taken(long waitedNanos) {
        waits.record(waitedNanos, TimeUnit.NANOSECONDS);
    }

    void worked(long workedNanos) {
        works.record(workedNanos, TimeUnit.NANOSECONDS);
    }
}
