package io.myriad.apiserver.kind;

import java.util.List;

import tools.jackson.databind.node.ObjectNode;

/**
 * The annotations in which {@code autoscaling/v1} carries what it has no fields for. They belong to that version: in any
 * other they are dropped when an object is written.
 */
public final class AutoscalerAnnotations {
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
    public static final String METRICS = PREFIX + "metrics";
    public static final String BEHAVIOR = PREFIX + "behavior";
    public static final String CONDITIONS = PREFIX + "conditions";
    public static final String CURRENT_METRICS = PREFIX + "current-metrics";
    private static final List<String> ALL = List.of(METRICS, BEHAVIOR, CONDITIONS, CURRENT_METRICS,
            PREFIX + "scale-down-tolerance", PREFIX + "scale-up-tolerance");

    private AutoscalerAnnotations() {}

    /** Takes all of them out of an object. */
    public static void drop(ObjectNode object) {
        if (object.path("metadata") instanceof ObjectNode metadata
                && metadata.get("annotations") instanceof ObjectNode annotations) {
            annotations.remove(ALL);
            if (annotations.isEmpty()) {
                metadata.remove("annotations");
            }
        }
    }
}
