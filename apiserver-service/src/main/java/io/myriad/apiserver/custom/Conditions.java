package io.myriad.apiserver.custom;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Changes the conditions of a definition. */
final class Conditions {
    private Conditions() {}

    /** Sets a condition; its time changes with its status alone. Answers whether anything changed. */
    static boolean set(ObjectNode definition, Naming.Condition wanted, String now) {
        ObjectNode status = definition.withObjectProperty("status");
        ArrayNode conditions = status.get("conditions") instanceof ArrayNode present
                ? present
                : JsonNodeFactory.instance.arrayNode();
        status.set("conditions", conditions);
        for (JsonNode condition : conditions) {
            if (condition instanceof ObjectNode known
                    && known.path("type").stringValue("").equals(wanted.type())) {
                return change(known, wanted, now);
            }
        }
        conditions.addObject().put("type", wanted.type()).put("status", wanted.status())
                .put("lastTransitionTime", now).put("reason", wanted.reason()).put("message", wanted.message());
        return true;
    }

    private static boolean change(ObjectNode condition, Naming.Condition wanted, String now) {
        boolean turned = !condition.path("status").stringValue("").equals(wanted.status());
        boolean same = !turned && condition.path("reason").stringValue("").equals(wanted.reason())
                && condition.path("message").stringValue("").equals(wanted.message());
        if (turned) {
            condition.put("lastTransitionTime", now);
        }
        condition.put("status", wanted.status()).put("reason", wanted.reason()).put("message", wanted.message());
        return !same;
    }
}
