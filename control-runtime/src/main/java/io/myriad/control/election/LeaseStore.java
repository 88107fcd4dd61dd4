package io.myriad.control.election;

import org.jspecify.annotations.Nullable;

/**
 * Where the Lease is kept. Calls block, at most for the time given, and throw {@link io.myriad.api.StatusException} when
 * the server refused (409 Conflict, 409 AlreadyExists) and {@link io.myriad.control.client.TransportException} when the
 * outcome is unknown. Used by one thread.
 */
public interface LeaseStore {
    /** The lease as it is, or null when there is none. */
    @Nullable
    LeaseRecord get(long timeoutMillis);

    /** Creates the lease; returns it with its version. */
    LeaseRecord create(LeaseRecord record, long timeoutMillis);

    /** Replaces the lease if it still has the record's version; returns it with its new one. */
    LeaseRecord update(LeaseRecord record, long timeoutMillis);
}
