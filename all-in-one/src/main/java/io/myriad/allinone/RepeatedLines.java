package io.myriad.allinone;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps libraries from filling the disk with one complaint: of each of their messages, told by its text without the
 * values, {@value #LINES} lines are written within {@value #WINDOW_SECONDS} seconds. How many were left out is said with
 * the next one. The Raft library, for example, reports a member that is away some forty times a second for as long as it
 * is away. Any thread.
 */
final class RepeatedLines extends TurboFilter {
    static final int LINES = 3;
    static final int WINDOW_SECONDS = 10;
    /** Messages that are told apart; one more and counting begins anew. */
    private static final int MESSAGES_MAX = 1_000;
    private static final String OWN = "io.myriad";

    private final LongSupplier nanoTime;
    private final Map<String, Window> windows = new ConcurrentHashMap<>();

    private static final class Window {
        private long startNanos;
        private int lines;

        Window(long startNanos) {
            this.startNanos = startNanos;
        }

        /** How many lines the last window left out when this line begins a new one; 0: one more; -1: too many. */
        synchronized int line(long now) {
            if (now - startNanos < TimeUnit.SECONDS.toNanos(WINDOW_SECONDS)) {
                return ++lines > LINES ? -1 : 0;
            }
            int leftOut = Math.max(0, lines - LINES);
            startNanos = now;
            lines = 1;
            return leftOut;
        }
    }

    RepeatedLines(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
            Object @Nullable [] values, @Nullable Throwable failure) {
        String name = logger.getName();
        if (format == null || name.startsWith(OWN) || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        if (windows.size() >= MESSAGES_MAX) {
            windows.clear();
        }
        long now = nanoTime.getAsLong();
        int leftOut = windows.computeIfAbsent(name + ' ' + format, absent -> new Window(now)).line(now);
        if (leftOut > 0) {
            logger.getLoggerContext().getLogger(RepeatedLines.class)
                    .warn("{} more lines like the next one were left out", leftOut);
        }
        return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
