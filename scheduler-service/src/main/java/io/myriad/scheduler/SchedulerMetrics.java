package io.myriad.scheduler;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.loop.LoopListener;
import io.myriad.scheduler.queue.QueuedPod;
import io.myriad.scheduler.queue.SchedulingQueue;

/** The scheduler's figures under kube-scheduler's names, labels and buckets. Written by the loop's thread. */
final class SchedulerMetrics implements LoopListener, SchedulingQueue.Listener {
    private static final int ATTEMPTS_SHOWN_MAX = 15;
    /** Gauges over all refused pods are counted no more often than this. */
    private static final long REFUSALS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final MeterRegistry registry;
    private final String profile;
    private final Timer algorithm;
    private final DistributionSummary attempts;
    private final Counter preemptions;
    private final DistributionSummary victims;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger backoff = new AtomicInteger();
    private final AtomicInteger unschedulable = new AtomicInteger();
    private final AtomicInteger gated = new AtomicInteger();
    private final AtomicInteger pods = new AtomicInteger();
    private final AtomicInteger assumed = new AtomicInteger();
    private final AtomicInteger nodes = new AtomicInteger();
    private final AtomicInteger classes = new AtomicInteger();
    private final Map<Plugin, AtomicInteger> refusals = new EnumMap<>(Plugin.class);
    private long refusalsNanos;

    SchedulerMetrics(MeterRegistry registry, String profile) {
        this.registry = registry;
        this.profile = profile;
        this.algorithm = timer("scheduler_scheduling_algorithm_duration", 0.001, 15);
        this.attempts = DistributionSummary.builder("scheduler_pod_scheduling_attempts")
                .serviceLevelObjectives(buckets(1, 5)).register(registry);
        this.preemptions = registry.counter("scheduler_preemption_attempts");
        this.victims = DistributionSummary.builder("scheduler_preemption_victims")
                .serviceLevelObjectives(buckets(1, 7)).register(registry);
        for (String result : new String[]{"scheduled", "unschedulable", "error"}) {
            attempts(result);
        }
        gauge("scheduler_pending_pods", "queue", "active", active);
        gauge("scheduler_pending_pods", "queue", "backoff", backoff);
        gauge("scheduler_pending_pods", "queue", "unschedulable", unschedulable);
        gauge("scheduler_pending_pods", "queue", "gated", gated);
        gauge("scheduler_cache_size", "type", "pods", pods);
        gauge("scheduler_cache_size", "type", "assumed_pods", assumed);
        gauge("scheduler_cache_size", "type", "nodes", nodes);
        gauge("scheduler_cache_size", "type", "pod_classes", classes);
    }

    private void gauge(String name, String label, String value, AtomicInteger number) {
        registry.gauge(name, Tags.of(label, value), number);
    }

    private Timer timer(String name, double firstSeconds, int count, String... tags) {
        return Timer.builder(name).tags(tags).serviceLevelObjectives(IntStream.range(0, count)
                .mapToObj(i -> Duration.ofNanos((long) (firstSeconds * 1e9) << i)).toArray(Duration[]::new))
                .register(registry);
    }

    private static double[] buckets(double first, int count) {
        return IntStream.range(0, count).mapToDouble(i -> first * (1 << i)).toArray();
    }

    private Counter attempts(String result) {
        return registry.counter("scheduler_schedule_attempts", "result", result, "profile", profile);
    }

    @Override
    public void decided(long nanos) {
        algorithm.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void attempted(String result, QueuedPod pod, long nanos) {
        attempts(result).increment();
        timer("scheduler_scheduling_attempt_duration", 0.001, 15, "result", result, "profile", profile).record(nanos,
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void bound(QueuedPod pod, long nanos, long nowMillis) {
        attempted("scheduled", pod, nanos);
        attempts.record(pod.attempts());
        String shown = pod.attempts() >= ATTEMPTS_SHOWN_MAX
                ? ATTEMPTS_SHOWN_MAX + "+"
                : Integer.toString(pod.attempts());
        timer("scheduler_pod_scheduling_sli_duration", 0.01, 20, "attempts", shown)
                .record(nowMillis - pod.firstAttemptMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void preempted(int count) {
        preemptions.increment();
        if (count > 0) {
            victims.record(count);
        }
    }

    @Override
    public void queued(String queue, String event) {
        registry.counter("scheduler_queue_incoming_pods", "queue", queue, "event", event).increment();
    }

    @Override
    public void stepped(SchedulingQueue queue, int podCount, int assumedCount, int nodeCount, int classCount) {
        active.set(queue.active());
        backoff.set(queue.backoff());
        unschedulable.set(queue.unschedulable());
        gated.set(queue.gated());
        pods.set(podCount);
        assumed.set(assumedCount);
        nodes.set(nodeCount);
        classes.set(classCount);
        long now = System.nanoTime();
        if (now - refusalsNanos > REFUSALS_INTERVAL_NANOS) {
            refusalsNanos = now;
            Map<Plugin, Integer> counts = queue.refusals();
            refusals.forEach((plugin, number) -> number.set(counts.getOrDefault(plugin, 0)));
            counts.forEach((plugin, count) -> refusals.computeIfAbsent(plugin, this::refusalGauge).set(count));
        }
    }

    private AtomicInteger refusalGauge(Plugin plugin) {
        AtomicInteger number = new AtomicInteger();
        registry.gauge("scheduler_unschedulable_pods",
                Tags.of("plugin", plugin.label(), "profile", profile), number);
        return number;
    }
}
