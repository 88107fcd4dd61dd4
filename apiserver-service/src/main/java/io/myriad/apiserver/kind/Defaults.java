package io.myriad.apiserver.kind;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sets what is absent. Null counts as absent, as it does for upstream's decoder. */
final class Defaults {
    private Defaults() {}

    static void text(ObjectNode object, String field, String value) {
        JsonNode present = object.path(field);
        if (absent(object, field) || present.isString() && present.stringValue().isEmpty()) {
            object.put(field, value);
        }
    }

    static void number(ObjectNode object, String field, long value) {
        if (absent(object, field)) {
            object.put(field, value);
        }
    }

    /** For numbers that upstream keeps as plain values: zero is absent too. */
    static void positive(ObjectNode object, String field, long value) {
        if (absent(object, field) || object.path(field).longValue(1) == 0) {
            object.put(field, value);
        }
    }

    static void flag(ObjectNode object, String field, boolean value) {
        if (absent(object, field)) {
            object.put(field, value);
        }
    }

    /** The object of a field, made when absent. */
    static ObjectNode object(ObjectNode object, String field) {
        return object.path(field) instanceof ObjectNode found ? found : object.putObject(field);
    }

    static boolean absent(JsonNode object, String field) {
        return !object.hasNonNull(field);
    }

    /** Takes over what a write of the status may not change of the metadata. */
    static void keepMetadata(ObjectNode object, JsonNode old) {
        ObjectNode metadata = object(object, "metadata");
        for (String field : new String[]{"annotations", "labels", "finalizers", "ownerReferences", "generation",
                "deletionTimestamp"}) {
            keep(metadata, old.path("metadata"), field);
        }
    }

    /** Makes {@code field} what it is in {@code old}, absent included. */
    static void keep(ObjectNode object, JsonNode old, String field) {
        JsonNode before = old.get(field);
        if (before == null) {
            object.remove(field);
        } else {
            object.set(field, before);
        }
    }
}
