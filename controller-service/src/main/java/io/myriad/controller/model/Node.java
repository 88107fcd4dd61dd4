package io.myriad.controller.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiObject;
import io.myriad.control.events.ObjectReference;

/**
 * What is kept of a node.
 *
 * @param name its name
 * @param uid its uid
 * @param resourceVersion its version
 * @param zone region and zone of its topology labels, empty without
 * @param unschedulable whether it is cordoned
 * @param conditions the status of each condition by type: True, False or Unknown
 * @param heartbeat the heartbeat time of its Ready condition as text, empty without
 * @param taints its taints
 */
public record Node(String name, String uid, String resourceVersion, String zone, boolean unschedulable,
        Map<String, String> conditions, String heartbeat, List<Taint> taints) {

    /** Reads a node. */
    public static Node of(ApiObject object) {
        JsonNode tree = object.tree();
        JsonNode labels = tree.path("metadata").path("labels");
        String region = labels.path("topology.kubernetes.io/region").stringValue("");
        String zone = labels.path("topology.kubernetes.io/zone").stringValue("");
        Map<String, String> conditions = new HashMap<>();
        String heartbeat = "";
        for (JsonNode condition : tree.path("status").path("conditions")) {
            String type = condition.path("type").stringValue("");
            conditions.put(type, condition.path("status").stringValue("Unknown"));
            if (type.equals("Ready")) {
                heartbeat = condition.path("lastHeartbeatTime").stringValue("");
            }
        }
        List<Taint> taints = new ArrayList<>();
        for (JsonNode taint : tree.path("spec").path("taints")) {
            String added = taint.path("timeAdded").stringValue("");
            taints.add(new Taint(taint.path("key").stringValue(""), taint.path("value").stringValue(""),
                    taint.path("effect").stringValue(""), added.isEmpty() ? null : Instant.parse(added)));
        }
        return new Node(object.name(), object.uid(), object.resourceVersion(),
                region.isEmpty() && zone.isEmpty() ? "" : region + ":" + zone,
                tree.path("spec").path("unschedulable").booleanValue(false), Map.copyOf(conditions), heartbeat,
                List.copyOf(taints));
    }

    /** The status of a condition; Unknown when it was never reported. */
    public String condition(String type) {
        return conditions.getOrDefault(type, "Unknown");
    }

    public boolean ready() {
        return condition("Ready").equals("True");
    }

    /** The node as events name it. */
    public ObjectReference reference() {
        return ObjectReference.of("v1", "Node", "", name, uid, resourceVersion);
    }

    /** A taint as the API has it. */
    public static ObjectNode write(Taint taint, ObjectNode into) {
        into.put("effect", taint.effect()).put("key", taint.key());
        if (!taint.value().isEmpty()) {
            into.put("value", taint.value());
        }
        Instant added = taint.added();
        if (added != null) {
            into.put("timeAdded", Timestamps.format(added));
        }
        return into;
    }
}
