package io.myriad.apiserver.custom;

import java.util.function.BiConsumer;

import tools.jackson.databind.JsonNode;

/** Walks through JSON schemas. */
final class Schemas {
    private Schemas() {}

    /** Visits every schema directly below one: the part of the path that leads there, and the schema. */
    static void forEachBelow(JsonNode schema, BiConsumer<String, JsonNode> visitor) {
        schema.path("properties")
                .forEachEntry((name, property) -> visitor.accept(".properties[" + name + "]", property));
        for (String one : new String[]{"items", "additionalProperties", "not"}) {
            if (schema.path(one).isObject()) {
                visitor.accept("." + one, schema.path(one));
            }
        }
        for (String several : new String[]{"allOf", "anyOf", "oneOf"}) {
            for (int i = 0; i < schema.path(several).size(); i++) {
                visitor.accept("." + several + "[" + i + "]", schema.path(several).get(i));
            }
        }
    }

    /** Whether a flag stands in the schema. */
    static boolean flag(JsonNode schema, String name) {
        return schema.path(name).booleanValue(false);
    }

    /** A text of the schema, or empty. */
    static String text(JsonNode schema, String name) {
        return schema.path(name).stringValue("");
    }

    /** Whether there is a value other than null. */
    static boolean has(JsonNode schema, String name) {
        return schema.hasNonNull(name);
    }
}
