package io.myriad.controller.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.control.client.ApiObject;
import io.myriad.control.informer.Extractor;

/** Makes {@link Node}s of objects. Thread-safe. */
final class NodeReader implements Extractor<Node> {
    private final MetaReader metadata;

    NodeReader(MetaReader metadata) {
        this.metadata = metadata;
    }

    @Override
    public Node extract(ApiObject object) {
        JsonNode tree = object.tree();
        List<Taint> taints = new ArrayList<>();
        for (JsonNode taint : tree.path("spec").path("taints")) {
            taints.add(new Taint(taint.path("key").asString(""), taint.path("value").asString(""),
                    taint.path("effect").asString(""), PodReader.time(taint.path("timeAdded"))));
        }
        Map<String, Node.Condition> conditions = new HashMap<>();
        for (JsonNode condition : tree.path("status").path("conditions")) {
            conditions.put(condition.path("type").asString(""), new Node.Condition(
                    condition.path("status").asString(""), PodReader.time(condition.path("lastHeartbeatTime"))));
        }
        return new Node(metadata.read(object), tree.path("spec").path("unschedulable").asBoolean(false),
                List.copyOf(taints), Map.copyOf(conditions));
    }
}
