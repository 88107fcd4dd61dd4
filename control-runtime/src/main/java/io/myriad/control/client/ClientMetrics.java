package io.myriad.control.client;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The client's figures under client-go's names, so that dashboards for upstream's components fit. */
final class ClientMetrics {
    private record Answer(String code, String method, String host) {}

    private record Latency(String verb, String host) {}

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Answer, Counter> answers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Latency, Timer> latencies = new ConcurrentHashMap<>();
    private final Counter retries;

    ClientMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.retries = registry.counter("rest_client_request_retries");
    }

    /** An attempt is over; {@code code} is the HTTP code or {@code <error>} when no answer came. */
    void answered(String code, String method, String host, long nanos) {
        answers.computeIfAbsent(new Answer(code, method, host),
                key -> registry.counter("rest_client_requests", "code", key.code, "method", key.method, "host",
                        key.host))
                .increment();
        latencies.computeIfAbsent(new Latency(method, host),
                key -> registry.timer("rest_client_request_duration", "verb", key.verb, "host", key.host))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    void retried() {
        retries.increment();
    }
}
