package io.myriad.apiserver.admission;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** How much the pods of a namespace may do, from everything to little. */
enum PodSecurityLevel {
    PRIVILEGED, BASELINE, RESTRICTED;

    /** The level of a label's value, or null when it is none. */
    static @Nullable PodSecurityLevel parse(String text) {
        for (PodSecurityLevel level : values()) {
            if (level.shown().equals(text)) {
                return level;
            }
        }
        return null;
    }

    String shown() {
        return name().toLowerCase(Locale.ROOT);
    }
}
