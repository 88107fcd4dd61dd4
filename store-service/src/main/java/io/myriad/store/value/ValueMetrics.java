package io.myriad.store.value;

import java.util.concurrent.atomic.LongAdder;

import io.myriad.store.metrics.MetricRegistry;

/** What goes to and comes from the value store. */
public final class ValueMetrics {

    private final MetricRegistry.Histogram roundTrips;
    private final LongAdder sent;
    private final LongAdder received;
    private final LongAdder failures = new LongAdder();

    /** Begins to report; once for a registry. */
    public ValueMetrics(MetricRegistry registry) {
        roundTrips = registry.histogram("myriad_value_store_round_trip_duration_seconds",
                "The latency distributions of round trips to the value store; one carries many commands.", 0.0001, 17);
        MetricRegistry.CounterFamily bytes = registry.counters("myriad_value_store_bytes_total",
                "Bytes of keys and values that were sent to the value store and received from it.");
        sent = bytes.with("direction=\"sent\"");
        received = bytes.with("direction=\"received\"");
        registry.counter("myriad_value_store_failures_total",
                "Round trips and connections to the value store that failed.", failures::sum);
    }

    void answered(long nanos) {
        roundTrips.record(nanos);
    }

    void sent(long bytes) {
        sent.add(bytes);
    }

    void received(long bytes) {
        received.add(bytes);
    }

    void failed() {
        failures.increment();
    }
}
