package io.myriad.controller.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.control.events.ObjectReference;

/**
 * What controllers keep of a node.
 *
 * @param meta its metadata
 * @param unschedulable whether it is cordoned
 * @param taints its taints
 * @param conditions its conditions by type
 */
public record Node(ObjectMeta meta, boolean unschedulable, List<Taint> taints, Map<String, Condition> conditions) {
    /**
     * A condition.
     *
     * @param status True, False or Unknown
     * @param heartbeat when the kubelet last said so, or null
     */
    public record Condition(String status, @Nullable Instant heartbeat) {}

    /** The status of its condition Ready, or empty when nobody has said. */
    public String ready() {
        Condition condition = conditions.get("Ready");
        return condition == null ? "" : condition.status();
    }

    public boolean isReady() { return ready().equals("True"); }

    /** Region and zone as one text, for grouping. */
    public String zone() {
        String zone = meta.labels().getOrDefault("topology.kubernetes.io/zone", "");
        String region = meta.labels().getOrDefault("topology.kubernetes.io/region", "");
        return zone.isEmpty() && region.isEmpty() ? "" : region + ":" + zone;
    }

    /** Names this node in events. */
    public ObjectReference reference() {
        return ObjectReference.of("v1", "Node", "", meta.name(), meta.uid(), "");
    }
}
