package io.myriad.controller.tainteviction;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.controller.model.Pod;
import io.myriad.controller.model.Taint;
import io.myriad.controller.model.Toleration;

/** Says when a pod must leave its node. Pure. */
final class Eviction {
    private Eviction() {}

    /**
     * When the pod is to be deleted, or null when it may stay for ever. A time in the past means now.
     *
     * <p>Toleration seconds count from when the taint was added, or from when the pod was created if that was later; both
     * are in the API, so that a new leader comes to the same time. (Upstream counts from when its process noticed.)
     *
     * @param noticed stands in for taints that do not say when they were added
     */
    static @Nullable Instant deadline(Pod pod, List<Taint> taints, Instant noticed) {
        Instant earliest = null;
        for (Taint taint : taints) {
            if (!taint.effect().equals(Taint.NO_EXECUTE)) {
                continue;
            }
            Instant from = taint.added() == null ? noticed : taint.added();
            if (from.isBefore(pod.meta().created())) {
                from = pod.meta().created();
            }
            Toleration toleration = first(pod.tolerations(), taint);
            if (toleration != null && toleration.seconds() < 0) {
                continue;
            }
            Instant deadline = toleration == null ? Instant.EPOCH : from.plusSeconds(toleration.seconds());
            earliest = earliest == null || deadline.isBefore(earliest) ? deadline : earliest;
        }
        return earliest;
    }

    /** The first toleration that fits counts, whatever others say: upstream's rule. */
    private static @Nullable Toleration first(List<Toleration> tolerations, Taint taint) {
        for (Toleration toleration : tolerations) {
            if (toleration.tolerates(taint)) {
                return toleration;
            }
        }
        return null;
    }
}
