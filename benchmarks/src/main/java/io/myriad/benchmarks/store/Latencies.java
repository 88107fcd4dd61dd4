package io.myriad.benchmarks.store;

import java.util.Arrays;
import java.util.Map;

/** How long many things took. Any thread may add. */
final class Latencies {
    private long[] nanos = new long[1 << 12];
    private int size;

    synchronized void add(long duration) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * size);
        }
        nanos[size++] = duration;
    }

    synchronized int size() {
        return size;
    }

    /** The middle, the slowest hundredth and the slowest. */
    synchronized void into(Map<Metric, Double> figures) {
        figures.put(Metric.P50_MILLIS, millis(0.5));
        figures.put(Metric.P99_MILLIS, millis(0.99));
        figures.put(Metric.MAX_MILLIS, millis(1));
    }

    /** What the given share of all stayed below, in milliseconds. */
    synchronized double millis(double share) {
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return sorted[Math.min((int) (size * share), size - 1)] / 1e6;
    }
}
