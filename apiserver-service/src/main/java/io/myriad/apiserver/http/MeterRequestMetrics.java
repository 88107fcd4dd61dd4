package io.myriad.apiserver.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;

/** Counts requests under upstream's metric names and labels, so that its dashboards and rules work unchanged. */
final class MeterRequestMetrics implements RequestMetrics {
    /** The bounds of upstream's request duration histogram, in milliseconds. */
    private static final Duration[] DURATIONS = millis(5, 25, 50, 100, 200, 400, 600, 800, 1000, 1250, 1500, 2000,
            3000, 4000, 5000, 6000, 8000, 10000, 15000, 20000, 30000, 45000, 60000);

    private record Key(String verb, String group, String version, String resource, String subresource, String scope,
            int code) {}

    private record Meters(Timer duration, Counter total) {}

    private final MeterRegistry registry;
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger writing = new AtomicInteger();
    private final ResourceCatalog catalog;
    private final Map<Key, Meters> meters = new ConcurrentHashMap<>();
    private final Map<String, Counter> dropped = new ConcurrentHashMap<>();

    MeterRequestMetrics(MeterRegistry registry, WatchRegister watches, RequestLimits limits, ResourceCatalog catalog) {
        this.registry = registry;
        this.catalog = catalog;
        Gauge.builder("apiserver_current_inflight_requests", reading, AtomicInteger::get)
                .tag("request_kind", "readOnly").register(registry);
        Gauge.builder("apiserver_current_inflight_requests", writing, AtomicInteger::get)
                .tag("request_kind", "mutating").register(registry);
        Gauge.builder("apiserver_flowcontrol_current_inqueue_requests", limits, RequestLimits::waiting)
                .register(registry);
        Gauge.builder("apiserver_longrunning_requests", watches, WatchRegister::count).tag("verb", "WATCH")
                .register(registry);
    }

    private static Duration[] millis(long... bounds) {
        Duration[] durations = new Duration[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            durations[i] = Duration.ofMillis(bounds[i]);
        }
        return durations;
    }

    @Override
    public Runnable started(HttpCall call, RequestInfo info) {
        AtomicInteger inFlight = isReading(info) ? reading : writing;
        inFlight.incrementAndGet();
        return () -> {
            inFlight.decrementAndGet();
            Meters counted = meters.computeIfAbsent(key(call, info), this::register);
            counted.total().increment();
            if (!info.verb().equals("watch")) {
                counted.duration().record(Duration.ofNanos(System.nanoTime() - call.startNanos()));
            }
        };
    }

    private static boolean isReading(RequestInfo info) {
        return switch (info.verb()) {
            case "get", "list", "watch" -> true;
            default -> false;
        };
    }

    private Key key(HttpCall call, RequestInfo info) {
        String verb = info.verb().equals("deletecollection")
                ? "DELETECOLLECTION"
                : switch (info.verb()) {
                    case "create" -> "POST";
                    case "update" -> "PUT";
                    case "get", "list", "watch", "patch", "delete" -> info.verb().toUpperCase(java.util.Locale.ROOT);
                    default -> "OTHER";
                };
        if (!info.isResource()) {
            return new Key(verb, "", "", "", "", "", call.status());
        }
        boolean known = isServed(info);
        return new Key(verb, known ? info.group() : "", known ? info.version() : "", known ? info.resource() : "",
                known ? info.subresource() : "", scope(info), call.status());
    }

    /** What a client cannot invent: names of resources that are not served would make endless series. */
    private boolean isServed(RequestInfo info) {
        GroupVersionResource name = new GroupVersionResource(info.group(), info.version(), info.resource());
        ResourceCatalog.State state = catalog.state();
        ServedResource served = state.served(name);
        Resource resource = served != null ? served.resource() : state.virtual().get(name);
        return resource != null && (info.subresource().isEmpty() || resource.subresources().stream()
                .anyMatch(subresource -> subresource.name().equals(info.subresource())));
    }

    private static String scope(RequestInfo info) {
        if (info.named()) {
            return "resource";
        }
        return info.namespace().isEmpty() ? "cluster" : "namespace";
    }

    private Meters register(Key key) {
        Timer duration = Timer.builder("apiserver_request_duration_seconds").tags(tags(key))
                .serviceLevelObjectives(DURATIONS).register(registry);
        Counter total = Counter.builder("apiserver_request_total").tags(tags(key))
                .tag("code", Integer.toString(key.code())).register(registry);
        return new Meters(duration, total);
    }

    private static String[] tags(Key key) {
        return new String[]{"verb", key.verb(), "group", key.group(), "version", key.version(), "resource",
                key.resource(), "subresource", key.subresource(), "scope", key.scope(), "component", "apiserver",
                "dry_run", ""};
    }

    @Override
    public void dropped(RequestInfo info) {
        dropped.computeIfAbsent(isReading(info) ? "readOnly" : "mutating",
                kind -> Counter.builder("apiserver_dropped_requests_total").tag("request_kind", kind)
                        .register(registry))
                .increment();
    }
}
