package io.myriad.scheduler.loop;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Pod;

/** Writes decisions to the API. No call waits for an answer. */
public interface PodWriter {
    /** How many more bindings may be under way. */
    int room();

    /** Binds a pod to its node; {@link Input.Bound} follows. */
    void bind(Pod pod);

    /**
     * Says why a pod has no node: its condition {@code PodScheduled} and, where room is being made for it, the node. Newer
     * words replace those not written yet.
     *
     * @param condition null to leave it as it is
     * @param nominatedNode the node, empty for none any more, null to leave it as it is
     */
    void explain(Pod pod, Pod.@Nullable Condition condition, @Nullable String nominatedNode);

    /** Records an event about a pod. */
    void event(Pod pod, boolean warning, String reason, String action, String note);

    /** Ends a pod for the sake of a more important one. */
    void displace(Pod victim, Pod preemptor);
}
