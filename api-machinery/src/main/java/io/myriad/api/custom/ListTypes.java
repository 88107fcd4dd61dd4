package io.myriad.api.custom;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/** What the types of lists demand: no element of a set twice, and no two elements of a map with the same key. */
public final class ListTypes {
    private ListTypes() {}

    /** What is wrong with the lists in a value. */
    public static List<FieldError> check(JsonNode value, Structural schema, String path) {
        List<FieldError> errors = new ArrayList<>();
        check(value, schema, path, errors);
        return errors;
    }

    private static void check(JsonNode value, Structural schema, String path, List<FieldError> errors) {
        if (value.isObject()) {
            value.forEachEntry((name, field) -> {
                Structural property = schema.properties().get(name);
                if (property != null) {
                    check(field, property, path.isEmpty() ? name : path + "." + name, errors);
                } else if (schema.additional() != null) {
                    check(field, schema.additional(), path + "[" + name + "]", errors);
                }
            });
        } else if (value.isArray()) {
            switch (schema.listType()) {
                case "set" -> unique(value.valueStream().toList(), path, errors);
                case "map" -> keys(value, schema, path, errors);
                default -> {}
            }
            Structural items = schema.items();
            if (items != null) {
                for (int i = 0; i < value.size(); i++) {
                    check(value.get(i), items, path + "[" + i + "]", errors);
                }
            }
        }
    }

    private static void keys(JsonNode elements, Structural schema, String path, List<FieldError> errors) {
        List<JsonNode> keys = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            JsonNode element = elements.get(i);
            if (!element.isObject() && !element.isNull()) {
                errors.add(FieldError.invalid(path + "[" + i + "]", element,
                        "must be an object for an array of list-type map"));
                return;
            }
            ObjectNode key = JsonNodeFactory.instance.objectNode();
            for (String name : schema.mapKeys()) {
                if (element.has(name)) {
                    key.set(name, element.path(name));
                }
            }
            keys.add(key);
        }
        unique(keys, path, errors);
    }

    /** Reports each value that was there before, once. */
    private static void unique(List<JsonNode> values, String path, List<FieldError> errors) {
        Set<JsonNode> seen = new HashSet<>();
        Set<JsonNode> reported = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            if (!seen.add(value) && reported.add(value)) {
                errors.add(FieldError.duplicate(path + "[" + i + "]", value.isString() ? value.stringValue() : value));
            }
        }
    }
}
