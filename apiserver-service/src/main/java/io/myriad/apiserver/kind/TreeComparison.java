package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares trees as upstream compares decoded objects: absent, null and empty are the same. */
final class TreeComparison {
    private TreeComparison() {}

    static boolean same(JsonNode one, JsonNode other) {
        JsonNode first = pruned(one);
        JsonNode second = pruned(other);
        return nothing(first) || nothing(second) ? nothing(first) && nothing(second) : first.equals(second);
    }

    private static boolean nothing(JsonNode node) {
        return node.isMissingNode() || node.isNull() || node.isContainer() && node.isEmpty()
                || node.isString() && node.stringValue().isEmpty() || node.isBoolean() && !node.booleanValue();
    }

    private static JsonNode pruned(JsonNode node) {
        JsonNode copy = node.deepCopy();
        prune(copy);
        return copy;
    }

    /** Removes fields that hold nothing, at every depth. */
    static void prune(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>(object.propertyNames());
            for (String name : names) {
                JsonNode child = object.path(name);
                prune(child);
                if (nothing(child)) {
                    object.remove(name);
                }
            }
        } else if (node.isArray()) {
            node.forEach(TreeComparison::prune);
        }
    }
}
