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
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        figures.put(Metric.P50_MILLIS, sorted[size / 2] / 1e6);
        figures.put(Metric.P99_MILLIS, sorted[(int) (size * 0.99)] / 1e6);
        figures.put(Metric.MAX_MILLIS, sorted[size - 1] / 1e6);
    }
}
