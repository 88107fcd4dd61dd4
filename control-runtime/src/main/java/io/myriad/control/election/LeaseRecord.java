package io.myriad.control.election;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a Lease says about leadership.
 *
 * @param holder the leader's identity, or empty when the lease was released
 * @param durationSeconds how long after it was last seen to change the lease holds
 * @param acquireTime when the holder became leader, by its wall clock; for people only
 * @param renewTime when it renewed, by its wall clock; for people, and to make each renewal a change
 * @param transitions how often leadership has changed; the number of the holder's term
 * @param resourceVersion the version of the Lease object; empty for one that is not stored yet
 */
public record LeaseRecord(String holder, int durationSeconds, @Nullable Instant acquireTime,
        @Nullable Instant renewTime, int transitions, String resourceVersion) {
    /**
     * Whether this was stored after {@code other}. A watch may bring what is known already, or older; versions of one API
     * are numbers that grow.
     */
    boolean newerThan(@Nullable LeaseRecord other) {
        if (other == null) {
            return true;
        }
        try {
            return Long.parseLong(resourceVersion) > Long.parseLong(other.resourceVersion);
        } catch (NumberFormatException e) {
            return !resourceVersion.equals(other.resourceVersion);
        }
    }
}
