package io.myriad.api.custom;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sets the defaults of a structural schema, and takes away nulls that are no values. */
public final class Defaulting {
    private Defaulting() {}

    /** Fills in a value in place, outer defaults first, so that they get the inner ones too. */
    public static void apply(JsonNode value, @Nullable Structural schema) {
        if (schema == null) {
            return;
        }
        if (value instanceof ObjectNode object) {
            for (Map.Entry<String, Structural> property : schema.properties().entrySet()) {
                JsonNode standard = property.getValue().defaultValue();
                JsonNode present = object.get(property.getKey());
                if (standard != null && (present == null || property.getValue().isUnwantedNull(present))) {
                    object.set(property.getKey(), standard.deepCopy());
                }
            }
            for (String name : List.copyOf(object.propertyNames())) {
                Structural property = schema.properties().get(name);
                Structural below = property != null ? property : schema.additional();
                if (below != null) {
                    apply(property != null ? object.path(name) : replaced(object, name, below), below);
                }
            }
        } else if (value instanceof ArrayNode array && schema.items() != null) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode standard = schema.items().defaultValue();
                if (standard != null && schema.items().isUnwantedNull(array.get(i))) {
                    array.set(i, standard.deepCopy());
                }
                apply(array.get(i), schema.items());
            }
        }
    }

    private static JsonNode replaced(ObjectNode object, String name, Structural schema) {
        JsonNode standard = schema.defaultValue();
        if (standard != null && schema.isUnwantedNull(object.path(name))) {
            object.set(name, standard.deepCopy());
        }
        return object.path(name);
    }

    /** Removes fields that are null where null is no value and nothing stands for it. */
    public static void removeNulls(JsonNode value, @Nullable Structural schema) {
        if (value instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                Structural below = schema == null ? null : schema.field(name);
                JsonNode field = object.path(name);
                if (below != null && below.isUnwantedNull(field) && below.defaultValue() == null) {
                    object.remove(name);
                } else {
                    removeNulls(field, below);
                }
            }
        } else if (value instanceof ArrayNode array) {
            array.forEach(element -> removeNulls(element, schema == null ? null : schema.items()));
        }
    }
}
