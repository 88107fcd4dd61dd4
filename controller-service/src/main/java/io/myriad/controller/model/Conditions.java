package io.myriad.controller.model;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads and changes the {@code conditions} of a status. */
public final class Conditions {
    private Conditions() {}

    /** The condition of a type, or null. */
    public static @Nullable ObjectNode find(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition instanceof ObjectNode found && found.path("type").asString("").equals(type)) {
                return found;
            }
        }
        return null;
    }

    /** Removes the condition of a type. Returns whether there was one. */
    public static boolean remove(ObjectNode status, String type) {
        if (!(status.path("conditions") instanceof tools.jackson.databind.node.ArrayNode conditions)) {
            return false;
        }
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.get(i).path("type").asString("").equals(type)) {
                conditions.remove(i);
                if (conditions.isEmpty()) {
                    status.remove("conditions");
                }
                return true;
            }
        }
        return false;
    }

    /** Puts a condition behind the others, in place of one of its type. */
    public static void put(ObjectNode status, ObjectNode condition) {
        remove(status, condition.path("type").asString(""));
        status.withArray("conditions").add(condition);
    }
}
