package io.myriad.scheduler.model;

/**
 * A mark on a node that keeps away pods that do not tolerate it.
 *
 * @param value empty when there is none
 */
public record Taint(String key, String value, Effect effect) {
    /** What a taint does to a pod that does not tolerate it. */
    public enum Effect {
        NO_SCHEDULE,
        PREFER_NO_SCHEDULE,
        /** Keeps pods away like {@link #NO_SCHEDULE}; a controller also evicts those already there. */
        NO_EXECUTE
    }

    /** What a node with {@code spec.unschedulable} stands for. */
    public static final Taint UNSCHEDULABLE = new Taint("node.kubernetes.io/unschedulable", "", Effect.NO_SCHEDULE);

    /** Whether the taint forbids placing a pod, rather than only advising against it. */
    public boolean forbids() {
        return effect != Effect.PREFER_NO_SCHEDULE;
    }
}
