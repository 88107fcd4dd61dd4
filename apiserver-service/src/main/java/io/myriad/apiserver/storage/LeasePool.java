package io.myriad.apiserver.storage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * Leases for objects that end by themselves. One lease serves the objects of about a minute: each lives at least its time
 * and at most 5 % or {@link #REUSE_MAX_SECONDS} longer, so that a store of a million events has some thousand leases.
 * Upstream's rule and numbers.
 */
final class LeasePool {
    static final long REUSE_MAX_SECONDS = 60;
    static final int MAX_OBJECTS_PER_LEASE = 1_000;
    private static final int REUSE_PERCENT = 5;
    /** Times to live that are in use at once; more would only make more leases. */
    private static final int MAX_TIMES = 16;

    private record Lease(long id, long endNanos, int objects) {}

    private final LongSupplier nanoTime;
    private final LongUnaryOperator grant;
    private final Map<Long, Lease> byTimeSeconds = new LinkedHashMap<>();

    /**
     * An empty pool.
     *
     * @param nanoTime the clock
     * @param grant asks the store for a lease of so many seconds; answers with its id
     */
    LeasePool(LongSupplier nanoTime, LongUnaryOperator grant) {
        this.nanoTime = nanoTime;
        this.grant = grant;
    }

    /** A lease that ends in {@code ttlSeconds} or somewhat later. */
    synchronized long lease(long ttlSeconds) {
        long now = nanoTime.getAsLong();
        Lease lease = byTimeSeconds.get(ttlSeconds);
        if (lease == null || lease.objects() >= MAX_OBJECTS_PER_LEASE
                || lease.endNanos() - now < TimeUnit.SECONDS.toNanos(ttlSeconds)) {
            long grantedSeconds = ttlSeconds + Math.min(REUSE_MAX_SECONDS, ttlSeconds * REUSE_PERCENT / 100);
            lease = new Lease(grant.applyAsLong(grantedSeconds), now + TimeUnit.SECONDS.toNanos(grantedSeconds), 0);
        }
        byTimeSeconds.put(ttlSeconds, new Lease(lease.id(), lease.endNanos(), lease.objects() + 1));
        if (byTimeSeconds.size() > MAX_TIMES) {
            byTimeSeconds.remove(byTimeSeconds.keySet().iterator().next());
        }
        return lease.id();
    }

    /** Drops a lease that the store does not know any more. */
    synchronized void forget(long ttlSeconds) {
        byTimeSeconds.remove(ttlSeconds);
    }
}
