package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.CustomSchema;
import io.myriad.api.custom.Structural;

/** What must hold for the schema of a version: its structure, its extensions, its defaults and its rules in CEL. */
final class SchemaRules {
    private SchemaRules() {}

    /**
     * What is wrong with a schema.
     *
     * @param path where it stands
     * @param ruleChecker compiles its rules; null when it has not changed since they were compiled
     */
    static List<FieldError> check(JsonNode schema, String path, @Nullable RuleChecker ruleChecker) {
        List<FieldError> errors = new ArrayList<>();
        if (Schemas.flag(schema, "nullable")) {
            errors.add(FieldError.forbidden(path + ".nullable", "nullable cannot be true at the root"));
        }
        List<FieldError> structure = new StructureRules().check(schema, path);
        errors.addAll(structure);
        boolean sound = structure.isEmpty();
        if (sound) {
            List<FieldError> defaults = new ArrayList<>();
            checkDefaults(Structural.of(schema).asResource(), path, true, defaults);
            errors.addAll(defaults);
            sound = defaults.isEmpty();
        }
        List<FieldError> extensions = new ExtensionRules().check(schema, path);
        errors.addAll(extensions);
        if (sound && extensions.isEmpty() && ruleChecker != null) {
            Structural structural = Structural.of(schema).asResource();
            if (structural.hasRules()) {
                errors.addAll(ruleChecker.check(structural, path));
            }
        }
        return errors;
    }

    private static void checkDefaults(Structural schema, String path, boolean root, List<FieldError> errors) {
        JsonNode standard = schema.defaultValue();
        if (standard != null) {
            errors.addAll(CustomSchema.checkDefault(standard, schema, path + ".default"));
        }
        Structural items = schema.items();
        if (items != null) {
            checkDefaults(items, path + ".items", false, errors);
        }
        schema.properties().forEach((name, property) -> {
            boolean meta = root && (name.equals("metadata") || name.equals("apiVersion") || name.equals("kind"));
            if (!meta) {
                checkDefaults(property, path + ".properties[" + name + "]", false, errors);
            }
        });
    }
}
