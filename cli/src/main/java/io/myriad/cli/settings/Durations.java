package io.myriad.cli.settings;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go programs read and write them: {@code 90s}, {@code 1h30m}, {@code 1.5s}, {@code 250ms}; a plain {@code 0} needs no unit. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|h|m|s)");

    private Durations() {}

    /** The duration, empty if the text is none. */
    public static Optional<Duration> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher part = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (end < text.length() && part.find() && part.start() == end) {
            double unitSeconds = switch (part.group(2)) {
                case "h" -> 3600;
                case "m" -> 60;
                case "s" -> 1;
                default -> 0.001;
            };
            seconds += Double.parseDouble(part.group(1)) * unitSeconds;
            end = part.end();
        }
        boolean complete = end == text.length() && end > 0;
        return complete ? Optional.of(Duration.ofNanos(Math.round(seconds * 1e9))) : Optional.empty();
    }

    /** An age as kubectl shows it, in its one or two largest units: {@code 42s}, {@code 3m7s}, {@code 5h12m}, {@code 12d}. */
    public static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        if (seconds < 3 * 3600) {
            return seconds / 60 + "m";
        }
        if (seconds < 8 * 3600) {
            return pair(seconds / 3600, "h", seconds / 60 % 60, "m");
        }
        return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + largeUnit : large + largeUnit + small + smallUnit;
    }
}
