package io.myriad.controller.model;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A node's taint.
 *
 * @param key its key
 * @param value its value, or empty
 * @param effect NoSchedule, PreferNoSchedule or NoExecute
 * @param added since when, or null
 */
public record Taint(String key, String value, String effect, @Nullable Instant added) {
    public static final String NO_SCHEDULE = "NoSchedule";
    public static final String NO_EXECUTE = "NoExecute";

    /** Whether it is the same taint, whatever its value and age: key and effect name it. */
    public boolean matches(Taint other) {
        return key.equals(other.key) && effect.equals(other.effect);
    }
}
