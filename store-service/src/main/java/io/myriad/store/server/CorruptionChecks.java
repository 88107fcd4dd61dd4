package io.myriad.store.server;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When members compare what they have.
 *
 * @param initial before a member serves anybody
 * @param interval how often the leader compares its newest revision; null: never
 * @param compactionInterval how often the leader looks whether a compaction is to be compared; null: never
 */
public record CorruptionChecks(boolean initial, @Nullable Duration interval, @Nullable Duration compactionInterval) {

    /** As etcd without flags. */
    public static final CorruptionChecks NONE = new CorruptionChecks(false, null, null);
}
