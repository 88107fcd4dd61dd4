package io.myriad.controller.nodelifecycle;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Spaces out the tainting of nodes, zone by zone: one node at a time, at the rate given. Thread-safe. */
final class EvictionPace {
    private static final long LATER_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final Map<String, Long> lastNanos = new HashMap<>();

    /**
     * Asks to taint a node of a zone.
     *
     * @param perSecond the rate; 0 for not now
     * @return 0 when it may be done now, else milliseconds until to ask again
     */
    synchronized long admit(String zone, double perSecond, long nowNanos) {
        if (perSecond <= 0) {
            return LATER_MILLIS;
        }
        long gapNanos = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
        Long last = lastNanos.get(zone);
        if (last != null && nowNanos - last < gapNanos) {
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(last + gapNanos - nowNanos));
        }
        lastNanos.put(zone, nowNanos);
        return 0;
    }
}
