package io.myriad.scheduler.queue;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;

/** Something that happened in the cluster and that may make room for a pod that found none. */
public sealed interface ClusterEvent {
    /**
     * A node came or changed.
     *
     * @param before null when it is new
     */
    record NodeChanged(@Nullable Node before, Node now) implements ClusterEvent {}

    /** A node went, and with it perhaps the emptiest domain of a spread constraint. */
    record NodeRemoved(Node last) implements ClusterEvent {}

    /** A pod is on a node now. */
    record PodPlaced(Pod pod) implements ClusterEvent {}

    /** A pod is on a node no more. */
    record PodRemoved(Pod pod) implements ClusterEvent {}

    /** A pod on a node has other labels or needs. */
    record PodChanged(Pod before, Pod now) implements ClusterEvent {}

    /** The name in metrics, as upstream's. */
    default String label() {
        return switch (this) {
            case NodeChanged changed -> changed.before() == null ? "NodeAdd" : "NodeUpdate";
            case NodeRemoved removed -> "NodeDelete";
            case PodPlaced placed -> "AssignedPodAdd";
            case PodRemoved removed -> "AssignedPodDelete";
            case PodChanged changed -> "AssignedPodUpdate";
        };
    }
}
