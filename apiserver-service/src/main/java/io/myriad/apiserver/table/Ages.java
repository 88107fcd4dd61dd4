package io.myriad.apiserver.table;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

import io.myriad.api.value.Timestamps;

/** Durations for people: two or three significant figures, as apimachinery's {@code HumanDuration}. */
final class Ages {
    static final String UNKNOWN = "<unknown>";

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long YEAR = 365 * DAY;
    /** Clocks may differ by this many seconds before a time counts as wrong. */
    private static final long TOLERATED_SECONDS = 1;

    private Ages() {}

    /** How long ago a time was, {@code <unknown>} when it is empty. */
    static String since(String time, Instant now) {
        return time.isEmpty() ? UNKNOWN : between(time, now);
    }

    /** How much time lies between a time and a later one, {@code <invalid>} when the text is no time. */
    static String between(String start, Instant end) {
        try {
            return format(Duration.between(Timestamps.parse(start), end));
        } catch (DateTimeException wrong) {
            return "<invalid>";
        }
    }

    static String format(Duration duration) {
        long seconds = duration.toMillis() / 1000;
        if (seconds < -TOLERATED_SECONDS) {
            return "<invalid>";
        }
        if (seconds < 2 * MINUTE) {
            return Math.max(seconds, 0) + "s";
        }
        if (seconds < 10 * MINUTE) {
            return pair(seconds / MINUTE, "m", seconds % MINUTE, "s");
        }
        if (seconds < 3 * HOUR) {
            return seconds / MINUTE + "m";
        }
        if (seconds < 8 * HOUR) {
            return pair(seconds / HOUR, "h", seconds % HOUR / MINUTE, "m");
        }
        if (seconds < 2 * DAY) {
            return seconds / HOUR + "h";
        }
        if (seconds < 8 * DAY) {
            return pair(seconds / DAY, "d", seconds % DAY / HOUR, "h");
        }
        if (seconds < 2 * YEAR) {
            return seconds / DAY + "d";
        }
        if (seconds < 8 * YEAR) {
            return pair(seconds / YEAR, "y", seconds % YEAR / DAY, "d");
        }
        return seconds / YEAR + "y";
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }
}
