package io.myriad.store.lease;

/**
 * What a lease had left at a moment.
 *
 * @param leaseId number of the lease
 * @param seconds rounded up; 0: nothing is known, so that it has its whole time to live
 */
public record RemainingTime(long leaseId, long seconds) {}
