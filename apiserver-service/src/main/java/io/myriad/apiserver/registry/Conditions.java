package io.myriad.apiserver.registry;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;

/** Conditions in an object's status. */
final class Conditions {
    private Conditions() {}

    /** The condition of a type, or null. */
    static @Nullable ObjectNode find(JsonNode object, String type) {
        for (JsonNode condition : object.path("status").path("conditions")) {
            if (condition.path("type").asString("").equals(type) && condition instanceof ObjectNode found) {
                return found;
            }
        }
        return null;
    }

    /** Whether the condition of a type is there and {@code True}. */
    static boolean isTrue(JsonNode object, String type) {
        ObjectNode condition = find(object, type);
        return condition != null && condition.path("status").asString("").equals("True");
    }

    /** Sets a condition; its transition time changes only with its status. */
    static void set(ObjectNode object, String type, String status, String reason, String message, Instant now) {
        ObjectNode condition = find(object, type);
        if (condition == null) {
            ObjectNode parent = object.withObjectProperty("status");
            JsonNode conditions = parent.get("conditions");
            ArrayNode list = conditions instanceof ArrayNode present ? present : parent.putArray("conditions");
            condition = list.addObject().put("type", type);
        }
        if (!condition.path("status").asString("").equals(status)) {
            condition.put("lastTransitionTime", Timestamps.format(now.truncatedTo(ChronoUnit.SECONDS)));
        }
        condition.put("status", status);
        put(condition, "reason", reason);
        put(condition, "message", message);
    }

    private static void put(ObjectNode condition, String field, String value) {
        if (value.isEmpty()) {
            condition.remove(field);
        } else {
            condition.put(field, value);
        }
    }
}
