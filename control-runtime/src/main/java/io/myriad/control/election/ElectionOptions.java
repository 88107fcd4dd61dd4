package io.myriad.control.election;

/**
 * The times of an election; upstream's flags {@code --leader-elect-*}.
 *
 * @param identity who we are: unique to this process and this start of it
 * @param leaseDurationMillis how long others wait after the last renewal they saw before they take over; whole seconds
 * @param renewDeadlineMillis how long after our last renewal we stop acting as leader
 * @param retryPeriodMillis between renewals, and between looks at somebody else's lease
 * @param callTimeoutMillis how long one call may take
 */
public record ElectionOptions(String identity, long leaseDurationMillis, long renewDeadlineMillis,
        long retryPeriodMillis, long callTimeoutMillis) {
    public ElectionOptions {
        if (identity.isEmpty()) {
            throw new IllegalArgumentException("leader election needs an identity");
        }
        if (leaseDurationMillis < 1000 || leaseDurationMillis <= renewDeadlineMillis) {
            throw new IllegalArgumentException("lease duration must be at least 1s and longer than the renew deadline");
        }
        if (renewDeadlineMillis * 10 <= retryPeriodMillis * 12 || retryPeriodMillis <= 0) {
            throw new IllegalArgumentException("renew deadline must be longer than 1.2 times the retry period");
        }
    }

    /** Upstream's times: lease 15 s, renew within 10 s, retry each 2 s. */
    public static ElectionOptions of(String identity) {
        return new ElectionOptions(identity, 15_000, 10_000, 2_000, 2_500);
    }
}
