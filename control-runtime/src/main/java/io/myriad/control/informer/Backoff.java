package io.myriad.control.informer;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Delays that double from one failure to the next, half of each random. Not thread-safe.
 */
final class Backoff {
    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private int failures;

    Backoff(long firstMillis, long maxMillis, RandomGenerator random) {
        this.firstNanos = TimeUnit.MILLISECONDS.toNanos(firstMillis);
        this.maxNanos = TimeUnit.MILLISECONDS.toNanos(maxMillis);
        this.random = random;
    }

    /** The delay after one more failure. */
    long nextNanos() {
        long ceiling = failures >= 30 ? maxNanos : Math.min(maxNanos, firstNanos << failures);
        failures = Math.min(failures + 1, 30);
        return ceiling / 2 + random.nextLong(ceiling / 2 + 1);
    }

    void reset() {
        failures = 0;
    }
}
