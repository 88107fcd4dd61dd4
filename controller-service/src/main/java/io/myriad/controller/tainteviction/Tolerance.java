package io.myriad.controller.tainteviction;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.myriad.controller.model.Taint;
import io.myriad.controller.model.Toleration;

/** How long a pod may stay on a node, by the node's NoExecute taints and the pod's tolerations: pure. */
final class Tolerance {
    /** The pod may stay. */
    static final long FOR_EVER = Long.MAX_VALUE;

    private Tolerance() {}

    /**
     * The milliseconds that are left, 0 when the pod has to go now. The time of a taint runs from when it was added; of
     * several tolerations of one taint the shortest counts, as upstream has it.
     */
    static long remainingMillis(List<Taint> taints, List<Toleration> tolerations, Instant now) {
        long shortest = FOR_EVER;
        for (Taint taint : taints) {
            if (taint.effect().equals(Taint.NO_EXECUTE)) {
                shortest = Math.min(shortest, remainingMillis(taint, tolerations, now));
            }
        }
        return shortest;
    }

    private static long remainingMillis(Taint taint, List<Toleration> tolerations, Instant now) {
        long seconds = -1;
        boolean tolerated = false;
        for (Toleration toleration : tolerations) {
            if (toleration.tolerates(taint)) {
                boolean limited = toleration.seconds() >= 0;
                if (limited) {
                    seconds = seconds < 0 ? toleration.seconds() : Math.min(seconds, toleration.seconds());
                }
                tolerated = true;
            }
        }
        if (!tolerated) {
            return 0;
        }
        if (seconds < 0) {
            return FOR_EVER;
        }
        Instant since = taint.added() == null ? now : taint.added();
        return Math.max(0, Duration.between(now, since.plusSeconds(seconds)).toMillis());
    }
}
