package io.myriad.api.custom;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes away the fields that a structural schema does not name. */
public final class Pruning {
    private final @Nullable List<String> unknown;
    private final StringBuilder path = new StringBuilder();

    private Pruning(@Nullable List<String> unknown) {
        this.unknown = unknown;
    }

    /**
     * Prunes a value in place.
     *
     * @param unknown takes the paths of what was taken away, or null
     */
    public static void prune(JsonNode value, @Nullable Structural schema, @Nullable List<String> unknown) {
        new Pruning(unknown).prune(value, schema);
    }

    private void prune(JsonNode value, @Nullable Structural schema) {
        if (schema != null && schema.preservesUnknown()) {
            pruneKnown(value, schema);
        } else if (value instanceof ObjectNode object) {
            pruneFields(object, schema);
        } else if (value instanceof ArrayNode array) {
            elements(array, schema == null ? null : schema.items(), false);
        }
    }

    private void pruneFields(ObjectNode object, @Nullable Structural schema) {
        for (String name : List.copyOf(object.propertyNames())) {
            if (schema != null && schema.embedded() && Structural.isMeta(name)) {
                continue;
            }
            Structural property = schema == null ? null : schema.field(name);
            if (property != null || schema != null && schema.permitsAdditional()) {
                below(object.path(name), name, property);
            } else {
                if (!Structural.isMeta(name) || !path.isEmpty()) {
                    report(name);
                }
                object.remove(name);
            }
        }
    }

    private void below(JsonNode value, String name, @Nullable Structural schema) {
        int outer = path.length();
        path.append(path.isEmpty() ? "" : ".").append(name);
        prune(value, schema);
        path.setLength(outer);
    }

    private void elements(ArrayNode array, @Nullable Structural items, boolean knownOnly) {
        int outer = path.length();
        for (int i = 0; i < array.size(); i++) {
            path.append('[').append(i).append(']');
            if (!knownOnly) {
                prune(array.get(i), items);
            } else if (items != null) {
                pruneKnown(array.get(i), items);
            }
            path.setLength(outer);
        }
    }

    /** Below a schema that keeps unknown fields only what it names is pruned. */
    private void pruneKnown(JsonNode value, Structural schema) {
        if (value instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                boolean meta = schema.embedded() && Structural.isMeta(name);
                if (!meta && (schema.properties().containsKey(name) || schema.permitsAdditional())) {
                    below(object.path(name), name, schema.field(name));
                }
            }
        } else if (value instanceof ArrayNode array) {
            elements(array, schema.items(), true);
        }
    }

    private void report(String name) {
        if (unknown != null) {
            unknown.add(path.isEmpty() ? name : path + "." + name);
        }
    }
}
