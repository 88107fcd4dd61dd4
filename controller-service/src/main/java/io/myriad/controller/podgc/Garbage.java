package io.myriad.controller.podgc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;

/** Says which pods are garbage. Pure. */
final class Garbage {
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    private Garbage() {}

    /** Ended pods beyond the number that may be kept: evicted ones first, then the oldest; none when the number is 0. */
    static List<Pod> ended(Collection<Pod> pods, int keptMax) {
        if (keptMax == 0) {
            return List.of();
        }
        List<Pod> ended = new ArrayList<>();
        for (Pod pod : pods) {
            if (pod.finished()) {
                ended.add(pod);
            }
        }
        int surplus = ended.size() - keptMax;
        if (surplus <= 0) {
            return List.of();
        }
        ended.sort(Comparator.comparing((Pod pod) -> !pod.evicted()).thenComparing(pod -> pod.meta().created())
                .thenComparing(pod -> pod.meta().name()));
        return ended.subList(0, surplus);
    }

    /** Whether a pod is being deleted and no node will ever confirm it. */
    static boolean unconfirmed(Pod pod, @Nullable Node node) {
        if (!pod.meta().terminating()) {
            return false;
        }
        return pod.nodeName().isEmpty() || node != null && !node.isReady()
                && node.taints().stream().anyMatch(taint -> taint.key().equals(OUT_OF_SERVICE));
    }
}
