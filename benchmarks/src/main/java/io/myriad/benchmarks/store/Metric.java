package io.myriad.benchmarks.store;

/** What is measured, in which unit, and whether more of it is better. */
enum Metric {
    RATE("per second", true),
    MEGABYTES_PER_SECOND("MB/s", true),
    SERVER_MICROS("µs of server CPU each", false),
    P50_MILLIS("p50, ms", false),
    P99_MILLIS("p99, ms", false),
    MAX_MILLIS("slowest, ms", false),
    MEMORY("MiB resident", false),
    EXTRA_MEMORY("MiB more at the peak", false),
    SECONDS("s", false);

    private final String unit;
    private final boolean moreIsBetter;

    Metric(String unit, boolean moreIsBetter) {
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
    }

    String unit() {
        return unit;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }
}
