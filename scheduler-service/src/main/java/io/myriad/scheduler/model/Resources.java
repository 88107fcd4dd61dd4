package io.myriad.scheduler.model;

import java.util.Map;

/**
 * Amounts of resources, requested or allocatable.
 *
 * @param milliCpu thousandths of a core
 * @param memoryBytes bytes
 * @param ephemeralStorageBytes bytes
 * @param scalars all others by name (extended resources, huge pages), whole units, zero amounts included
 */
public record Resources(long milliCpu, long memoryBytes, long ephemeralStorageBytes, Map<String, Long> scalars) {
    /** Nothing of anything. */
    public static final Resources NONE = new Resources(0, 0, 0, Map.of());

    public Resources {
        scalars = Map.copyOf(scalars);
    }
}
