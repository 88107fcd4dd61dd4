package io.myriad.controller.nodelifecycle;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Samples;

/** Builds nodes for tests, step by step. */
final class NodeSample {
    private final ObjectNode tree = Samples.json("{'apiVersion':'v1','kind':'Node','metadata':{'labels':{}},"
            + "'spec':{},'status':{}}");

    NodeSample(String name) {
        tree.withObject("metadata").put("name", name).put("uid", "uid-" + name);
    }

    NodeSample zone(String zone) {
        tree.withObject("metadata").withObject("labels").put("topology.kubernetes.io/zone", zone);
        return this;
    }

    NodeSample label(String key, String value) {
        tree.withObject("metadata").withObject("labels").put(key, value);
        return this;
    }

    NodeSample ready(String status) {
        return condition("Ready", status, 0);
    }

    NodeSample condition(String type, String status, long heartbeatSeconds) {
        tree.withObject("status").withArray("conditions").addObject().put("type", type).put("status", status)
                .put("lastHeartbeatTime", Samples.at(heartbeatSeconds));
        return this;
    }

    NodeSample cordoned() {
        tree.withObject("spec").put("unschedulable", true);
        return this;
    }

    NodeSample taint(String key, String effect, long addedSeconds) {
        tree.withObject("spec").withArray("taints").addObject().put("key", key).put("effect", effect).put("timeAdded",
                Samples.at(addedSeconds));
        return this;
    }

    Node build() {
        return Samples.node(tree.deepCopy());
    }
}
