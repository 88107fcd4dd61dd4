package io.myriad.control.informer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import io.myriad.api.GroupVersionResource;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ApiPath;
import io.myriad.control.client.Selection;

/**
 * Makes informers and shares watches among them: specifications that differ only in what they keep are fed by one watch.
 * First all informers of a process are declared, then {@link #start} runs those that do not run yet. Thread-safe.
 */
public final class InformerFactory implements AutoCloseable {
    private record Source(GroupVersionResource resource, String namespace, Selection selection) {}

    private record Member(Informer<?> informer, Reflector reflector) {}

    private final ApiClient client;
    private final MeterRegistry registry;
    private final Reflector.Timing timing;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<InformerSpec<?>, Member> members = new HashMap<>();
    private final Map<Source, Reflector> pending = new HashMap<>();

    public InformerFactory(ApiClient client, MeterRegistry registry) {
        this(client, registry, () -> ThreadLocalRandom.current().nextLong(), 100, 30_000);
    }

    InformerFactory(ApiClient client, MeterRegistry registry, RandomGenerator random, long backoffFirstMillis,
            long backoffMaxMillis) {
        this.client = client;
        this.registry = registry;
        this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("informer-timer").factory());
        this.timer.setRemoveOnCancelPolicy(true);
        this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timing = new Reflector.Timing(System::nanoTime, random, this::after, backoffFirstMillis, backoffMaxMillis);
    }

    /** The informer for a specification; the same one when asked again. It does nothing before {@link #start}. */
    @SuppressWarnings("unchecked") // a member under a specification was made from it
    public synchronized <T> Informer<T> informer(InformerSpec<T> spec) {
        Member known = members.get(spec);
        if (known != null) {
            return (Informer<T>) known.informer;
        }
        Informer<T> informer = new Informer<>(spec);
        ApiPath path = ApiPath.of(spec.resource()).in(spec.namespace());
        Reflector reflector = pending.computeIfAbsent(
                new Source(spec.resource(), spec.namespace(), spec.selection()),
                source -> new Reflector(client, path, source.selection, timing));
        reflector.add(informer.sink);
        members.put(spec, new Member(informer, reflector));
        Tags tags = Tags.of("resource", spec.resource().groupResource(), "kept", Integer.toString(members.size()));
        registry.gauge("informer_objects", tags, informer, Informer::size);
        registry.more().counter("informer_events", tags, informer, Informer::events);
        registry.more().counter("informer_faults", tags, informer, Informer::faults);
        registry.more().counter("informer_lists", tags, reflector.lists, java.util.concurrent.atomic.LongAdder::sum);
        registry.more().counter("informer_watches", tags, reflector.watches,
                java.util.concurrent.atomic.LongAdder::sum);
        registry.more().counter("informer_failures", tags, reflector.failures,
                java.util.concurrent.atomic.LongAdder::sum);
        return informer;
    }

    /** Whether some informer wants the whole objects of a resource, in all namespaces. */
    public synchronized boolean watchesWhole(GroupVersionResource resource) {
        return members.keySet().stream().anyMatch(spec -> spec.resource().equals(resource)
                && spec.namespace().isEmpty() && spec.selection().equals(Selection.ALL));
    }

    /** Starts every informer that does not run yet. */
    public void start() {
        List<Reflector> starting;
        synchronized (this) {
            starting = new ArrayList<>(pending.values());
            pending.clear();
        }
        starting.forEach(Reflector::start);
    }

    /** Completes when all informers declared so far are synced. */
    public synchronized CompletableFuture<Void> allSynced() {
        return CompletableFuture.allOf(members.values().stream().map(member -> member.informer.synced())
                .toArray(CompletableFuture[]::new));
    }

    /** Stops one informer and forgets it; its watch ends when nobody else is fed by it. */
    public synchronized void stop(Informer<?> informer) {
        members.values().removeIf(member -> {
            if (member.informer != informer) {
                return false;
            }
            if (!member.reflector.remove(informer.sink)) {
                member.reflector.close();
                pending.values().remove(member.reflector);
            }
            return true;
        });
    }

    private void after(long nanos, Runnable task) {
        timer.schedule(() -> Thread.ofVirtual().name("informer").start(task), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public synchronized void close() {
        timer.shutdownNow();
        members.values().forEach(member -> member.reflector.close());
        members.clear();
    }
}
