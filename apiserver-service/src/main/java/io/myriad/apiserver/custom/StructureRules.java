package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.FieldError;

/**
 * What makes a schema structural: every field has a type, and what stands below {@code allOf}, {@code anyOf}, {@code
 * oneOf} and {@code not} only validates fields that the structure has.
 */
final class StructureRules {
    private enum Level {
        ROOT, ITEM, FIELD
    }

    private static final JsonNode INTEGER_OR_STRING = JsonMapper.shared()
            .readTree("[{\"type\":\"integer\"},{\"type\":\"string\"}]");

    private final List<FieldError> errors = new ArrayList<>();

    List<FieldError> check(JsonNode schema, String path) {
        structure(schema, Level.ROOT, path);
        completeness(schema, schema, path, path);
        errors.sort(Comparator.comparing(error -> error.field() + ": " + error.detail()));
        return errors;
    }

    private void structure(JsonNode schema, Level level, String path) {
        String type = Schemas.text(schema, "type");
        JsonNode items = schema.path("items");
        if (type.equals("array") && !items.isObject()) {
            errors.add(FieldError.required(path + ".items", "must be specified"));
        }
        if (items.isObject()) {
            structure(items, Level.ITEM, path + ".items");
        }
        schema.path("properties").forEachEntry(
                (name, property) -> structure(property, Level.FIELD, path + ".properties[" + name + "]"));
        additional(schema, level, path);
        extensions(schema, path);
        boolean anyOf = INTEGER_OR_STRING.equals(schema.path("anyOf"));
        boolean allOf = INTEGER_OR_STRING.equals(schema.path("allOf").path(0).path("anyOf"));
        values(schema, anyOf, allOf, path);
        type(schema, type, level, path);
        metadata(schema, level, path);
    }

    private void additional(JsonNode schema, Level level, String path) {
        JsonNode additional = schema.path("additionalProperties");
        boolean present = additional.isObject() || additional.isBoolean();
        if (present && level == Level.ROOT) {
            errors.add(FieldError.forbidden(path + ".additionalProperties", "must not be used at the root"));
        }
        if (present && Schemas.flag(schema, "x-kubernetes-embedded-resource")) {
            errors.add(FieldError.forbidden(path + ".additionalProperties",
                    "must not be used if x-kubernetes-embedded-resource is set"));
        }
        if (additional.isObject()) {
            structure(additional, Level.FIELD, path + ".additionalProperties");
        }
    }

    private void extensions(JsonNode schema, String path) {
        if (!Schemas.flag(schema, "x-kubernetes-int-or-string")) {
            return;
        }
        for (String other : List.of("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")) {
            if (Schemas.flag(schema, other)) {
                errors.add(FieldError.invalid(path + "." + other, true,
                        "must be false if x-kubernetes-int-or-string is true"));
            }
        }
    }

    private void type(JsonNode schema, String type, Level level, String path) {
        boolean embedded = Schemas.flag(schema, "x-kubernetes-embedded-resource");
        if (embedded && !type.equals("object")) {
            String detail = "must be object if x-kubernetes-embedded-resource is true";
            errors.add(type.isEmpty()
                    ? FieldError.required(path + ".type", detail)
                    : FieldError.invalid(path + ".type", type, detail));
        } else if (type.isEmpty() && !Schemas.flag(schema, "x-kubernetes-int-or-string")
                && !Schemas.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            errors.add(FieldError.required(path + ".type", switch (level) {
                case ROOT -> "must not be empty at the root";
                case ITEM -> "must not be empty for specified array items";
                case FIELD -> "must not be empty for specified object fields";
            }));
        } else if (level == Level.ROOT && !type.equals("object") && !type.isEmpty()) {
            errors.add(FieldError.invalid(path + ".type", type, "must be object at the root"));
        }
        if (embedded && !Schemas.flag(schema, "x-kubernetes-preserve-unknown-fields")
                && schema.path("properties").isEmpty()) {
            errors.add(FieldError.required(path + ".properties", "must not be empty if "
                    + "x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
        }
    }

    private void metadata(JsonNode schema, Level level, String path) {
        boolean whole = level == Level.ROOT || Schemas.flag(schema, "x-kubernetes-embedded-resource");
        JsonNode properties = schema.path("properties");
        for (String name : List.of("kind", "apiVersion")) {
            if (whole && properties.has(name) && !Schemas.text(properties.path(name), "type").equals("string")) {
                errors.add(FieldError.invalid(path + ".properties[" + name + "].type",
                        Schemas.text(properties.path(name), "type"), "must be string"));
            }
        }
        JsonNode metadata = properties.path("metadata");
        if (!metadata.isObject() || !whole) {
            return;
        }
        String at = path + ".properties[metadata]";
        if (!Schemas.text(metadata, "type").equals("object")) {
            errors.add(FieldError.invalid(at + ".type", Schemas.text(metadata, "type"), "must be object"));
        }
        if (level == Level.ROOT && !onlyNames(metadata)) {
            errors.add(FieldError.forbidden(at, "must not specify anything other than name and generateName, but "
                    + "metadata is implicitly specified"));
        }
    }

    private static boolean onlyNames(JsonNode metadata) {
        Set<String> known = new HashSet<>(metadata.propertyNames());
        known.removeAll(Set.of("type", "properties", "default"));
        Set<String> fields = new HashSet<>(metadata.path("properties").propertyNames());
        fields.removeAll(Set.of("name", "generateName"));
        return known.stream().allMatch(name -> metadata.path(name).isNull()) && fields.isEmpty();
    }

    /** The validations at one place; whatever is nested there may not have structure. */
    private void values(JsonNode schema, boolean skipAnyOf, boolean skipFirstAllOf, String path) {
        for (String several : List.of("anyOf", "allOf", "oneOf")) {
            if (several.equals("anyOf") && skipAnyOf) {
                continue;
            }
            for (int i = 0; i < schema.path(several).size(); i++) {
                boolean known = several.equals("allOf") && i == 0 && skipFirstAllOf;
                nested(schema.path(several).get(i), known, path + "." + several + "[" + i + "]");
            }
        }
        if (schema.path("not").isObject()) {
            nested(schema.path("not"), false, path + ".not");
        }
        String pattern = Schemas.text(schema, "pattern");
        if (!pattern.isEmpty()) {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException malformed) {
                errors.add(FieldError.invalid(path + ".pattern", pattern,
                        "must be a valid regular expression, but isn't: " + malformed.getMessage()));
            }
        }
    }

    private void nested(JsonNode schema, boolean skipAnyOf, String path) {
        values(schema, skipAnyOf, false, path);
        if (schema.path("items").isObject()) {
            nested(schema.path("items"), false, path + ".items");
        }
        schema.path("properties")
                .forEachEntry((name, property) -> nested(property, false, path + ".properties[" + name + "]"));
        for (String name : List.of("type", "title", "description")) {
            if (!Schemas.text(schema, name).isEmpty()) {
                errors.add(FieldError.forbidden(path + "." + name, "must be empty to be structural"));
            }
        }
        for (String name : List.of("additionalProperties", "default", "x-kubernetes-list-type",
                "x-kubernetes-map-type")) {
            if (Schemas.has(schema, name)) {
                errors.add(FieldError.forbidden(path + "." + name, "must be undefined to be structural"));
            }
        }
        for (String name : List.of("nullable", "x-kubernetes-preserve-unknown-fields",
                "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string")) {
            if (Schemas.flag(schema, name)) {
                errors.add(FieldError.forbidden(path + "." + name, "must be false to be structural"));
            }
        }
        for (String name : List.of("x-kubernetes-list-map-keys", "x-kubernetes-validations")) {
            if (!schema.path(name).isEmpty()) {
                errors.add(FieldError.forbidden(path + "." + name, "must be empty to be structural"));
            }
        }
        if (schema.path("properties").has("metadata")) {
            errors.add(FieldError.forbidden(path + ".properties[metadata]",
                    "must not be specified in a nested context"));
        }
    }

    /** Demands that what nested schemas validate is part of the structure. */
    private void completeness(JsonNode validation, JsonNode structure, String structurePath, String path) {
        if (validation.path("not").isObject()) {
            nestedCompleteness(validation.path("not"), structure, structurePath, path + ".not");
        }
        for (String several : List.of("allOf", "anyOf", "oneOf")) {
            for (int i = 0; i < validation.path(several).size(); i++) {
                nestedCompleteness(validation.path(several).get(i), structure, structurePath,
                        path + "." + several + "[" + i + "]");
            }
        }
    }

    private void nestedCompleteness(JsonNode validation, JsonNode structure, String structurePath, String path) {
        if (!structure.isObject()) {
            errors.add(FieldError.required(structurePath, "because it is defined in " + path));
            return;
        }
        completeness(validation, structure, structurePath, path);
        if (validation.path("items").isObject()) {
            nestedCompleteness(validation.path("items"), structure.path("items"), structurePath + ".items",
                    path + ".items");
        }
        validation.path("properties").forEachEntry((name, property) -> {
            String below = ".properties[" + name + "]";
            nestedCompleteness(property, structure.path("properties").path(name), structurePath + below,
                    path + below);
        });
    }
}
