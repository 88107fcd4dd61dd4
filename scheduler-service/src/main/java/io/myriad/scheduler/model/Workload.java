package io.myriad.scheduler.model;

/**
 * The controller that made a pod, of the kinds whose selector the default spreading uses.
 *
 * @param name its name, in the pod's namespace
 */
public record Workload(Kind kind, String name) {
    /** The kinds with a selector that counts. */
    public enum Kind {
        REPLICA_SET, STATEFUL_SET, REPLICATION_CONTROLLER
    }
}
