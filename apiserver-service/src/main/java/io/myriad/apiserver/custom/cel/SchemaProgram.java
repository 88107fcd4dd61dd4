package io.myriad.apiserver.custom.cel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.custom.Structural;

/**
 * The compiled rules of a schema and of the schemas below that have any.
 *
 * @param schema the schema
 * @param rules its own rules
 * @param properties those of fields
 * @param items those of elements, or null
 * @param additional those of fields without a schema of their own, or null
 */
record SchemaProgram(Structural schema, List<CompiledRule> rules, Map<String, SchemaProgram> properties,
        @Nullable SchemaProgram items, @Nullable SchemaProgram additional) {

    /** Compiles a schema; null when there is nothing to evaluate. */
    static @Nullable SchemaProgram compile(@Nullable Structural schema) {
        if (schema == null || !schema.hasRules()) {
            return null;
        }
        Map<String, SchemaProgram> properties = new HashMap<>();
        schema.properties().forEach((name, property) -> {
            SchemaProgram below = compile(property);
            if (below != null) {
                properties.put(name, below);
            }
        });
        return new SchemaProgram(schema, schema.rules().isEmpty() ? List.of() : new Compilation(schema).run(),
                Map.copyOf(properties), compile(schema.items()), compile(schema.additional()));
    }
}
