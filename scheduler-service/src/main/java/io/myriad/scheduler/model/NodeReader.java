package io.myriad.scheduler.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/** Makes a {@link Node} of an API object. */
public final class NodeReader {
    private NodeReader() {}

    public static Node read(JsonNode node) {
        JsonNode spec = node.path("spec");
        JsonNode status = node.path("status");
        Map<String, Quantity> allocatable = ResourceLists.read(status.path("allocatable"));
        long pods = ResourceLists.bytes(allocatable, ResourceLists.PODS);
        return new Node(node.path("metadata").path("name").asString(""),
                PodReader.strings(node.path("metadata").path("labels")), taints(spec),
                spec.path("unschedulable").asBoolean(false), ResourceLists.resources(allocatable),
                (int) Math.min(pods, Integer.MAX_VALUE), images(status));
    }

    private static List<Taint> taints(JsonNode spec) {
        List<Taint> taints = new ArrayList<>(0);
        for (JsonNode taint : spec.path("taints")) {
            Taint.Effect effect = effect(taint.path("effect").asString(""));
            if (effect != null) {
                taints.add(new Taint(taint.path("key").asString(""), taint.path("value").asString(""), effect));
            }
        }
        return taints;
    }

    static Taint.@Nullable Effect effect(String text) {
        return switch (text) {
            case "NoSchedule" -> Taint.Effect.NO_SCHEDULE;
            case "PreferNoSchedule" -> Taint.Effect.PREFER_NO_SCHEDULE;
            case "NoExecute" -> Taint.Effect.NO_EXECUTE;
            default -> null;
        };
    }

    private static List<Node.Image> images(JsonNode status) {
        List<Node.Image> images = new ArrayList<>(0);
        for (JsonNode image : status.path("images")) {
            List<String> names = new ArrayList<>();
            image.path("names").forEach(name -> names.add(name.asString("")));
            images.add(new Node.Image(names, image.path("sizeBytes").asLong(0)));
        }
        return images;
    }
}
