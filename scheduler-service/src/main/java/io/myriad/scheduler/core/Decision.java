package io.myriad.scheduler.core;

/** What came of looking for a pod's node. */
public sealed interface Decision {
    /**
     * The pod goes to a node.
     *
     * @param evaluated how many nodes were looked at
     * @param feasible how many of them could take the pod
     */
    record Place(String node, int evaluated, int feasible) implements Decision {}

    /** No node can take the pod now. */
    record Refuse(Diagnosis diagnosis) implements Decision {}
}
