package io.myriad.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a state by looking again and again. */
final class Eventually {
    private static final long INTERVAL_NANOS = 100_000_000L;

    private Eventually() {}

    /** Waits until the condition holds; an exception counts as not yet. Fails with what was wanted. */
    static void holds(String wanted, Duration limit, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception notYet) {
                last = notYet;
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
        throw new AssertionError("not within " + limit + ": " + wanted, last);
    }
}
