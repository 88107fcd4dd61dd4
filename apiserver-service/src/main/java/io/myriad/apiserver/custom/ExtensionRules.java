package io.myriad.apiserver.custom;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;

/** What a schema may not use, and what must hold for Kubernetes' own extensions in it. */
final class ExtensionRules {
    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final List<String> REASONS = List.of("FieldValueDuplicate", "FieldValueForbidden",
            "FieldValueInvalid", "FieldValueRequired");

    private final List<FieldError> errors = new ArrayList<>();

    List<FieldError> check(JsonNode schema, String path) {
        check(schema, path, true, false);
        return errors;
    }

    private void check(JsonNode schema, String path, boolean root, boolean inMeta) {
        unsupported(schema, path, inMeta);
        if (Schemas.flag(schema, "uniqueItems")) {
            errors.add(FieldError.forbidden(path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
        }
        JsonNode additional = schema.path("additionalProperties");
        if (!schema.path("properties").isEmpty()
                && (additional.isObject() || additional.isBoolean() && !additional.booleanValue())) {
            errors.add(FieldError.forbidden(path + ".additionalProperties",
                    "additionalProperties and properties are mutual exclusive"));
        }
        if (schema.path("x-kubernetes-preserve-unknown-fields").isBoolean()
                && !Schemas.flag(schema, "x-kubernetes-preserve-unknown-fields")) {
            errors.add(FieldError.invalid(path + ".x-kubernetes-preserve-unknown-fields", false,
                    "must be true or undefined"));
        }
        mapType(schema, path);
        listType(schema, path);
        rules(schema, path);
        boolean whole = root || Schemas.flag(schema, "x-kubernetes-embedded-resource");
        Schemas.forEachBelow(schema, (step, below) -> {
            boolean meta = whole && switch (step) {
                case ".properties[metadata]", ".properties[kind]", ".properties[apiVersion]" -> true;
                default -> false;
            };
            if (meta && root && Schemas.has(below, "default")) {
                errors.add(FieldError.forbidden(path + step + ".default", "must not be set in top-level "
                        + step.substring(".properties[".length(), step.length() - 1)));
            }
            check(below, path + step, false, inMeta || meta);
        });
    }

    private void unsupported(JsonNode schema, String path, boolean inMeta) {
        String type = Schemas.text(schema, "type");
        if (type.equals("null")) {
            errors.add(FieldError.forbidden(path + ".type",
                    "type cannot be set to null, use nullable as an alternative"));
        }
        if (!type.isEmpty() && !TYPES.contains(type)) {
            errors.add(FieldError.notSupported(path + ".type", type, TYPES));
        }
        for (String name : List.of("id", "additionalItems", "patternProperties", "definitions", "dependencies",
                "$ref")) {
            JsonNode value = schema.path(name);
            if (Schemas.has(schema, name) && !(value.isContainer() && value.isEmpty())) {
                errors.add(FieldError.forbidden(path + "." + name, name + " is not supported"));
            }
        }
        if (schema.path("items").isArray()) {
            errors.add(FieldError.forbidden(path + ".items", "items must be a schema object and not an array"));
        }
        if (inMeta && Schemas.flag(schema, "x-kubernetes-embedded-resource")) {
            errors.add(FieldError.forbidden(path + ".x-kubernetes-embedded-resource",
                    "must not be used inside of resource meta"));
        }
    }

    private void mustBe(String wanted, JsonNode schema, String extension, String path) {
        String type = Schemas.text(schema, "type");
        if (Schemas.has(schema, extension) && !type.equals(wanted)) {
            String detail = "must be " + wanted + " if " + extension + " is specified";
            errors.add(type.isEmpty()
                    ? FieldError.required(path + ".type", detail)
                    : FieldError.invalid(path + ".type", type, detail));
        }
    }

    private void oneOf(JsonNode schema, String extension, List<String> supported, String path) {
        if (Schemas.has(schema, extension) && !supported.contains(Schemas.text(schema, extension))) {
            errors.add(FieldError.notSupported(path + "." + extension, Schemas.text(schema, extension), supported));
        }
    }

    private void mapType(JsonNode schema, String path) {
        mustBe("object", schema, "x-kubernetes-map-type", path);
        oneOf(schema, "x-kubernetes-map-type", List.of("atomic", "granular"), path);
    }

    private void listType(JsonNode schema, String path) {
        String type = Schemas.text(schema, "x-kubernetes-list-type");
        mustBe("array", schema, "x-kubernetes-list-type", path);
        oneOf(schema, "x-kubernetes-list-type", List.of("atomic", "set", "map"), path);
        JsonNode items = schema.path("items");
        if (type.equals("set")) {
            checkSetItems(items, path);
        }
        JsonNode keys = schema.path("x-kubernetes-list-map-keys");
        if (!keys.isEmpty() && !type.equals("map")) {
            String detail = "must be map if x-kubernetes-list-map-keys is non-empty";
            errors.add(type.isEmpty()
                    ? FieldError.required(path + ".x-kubernetes-list-type", detail)
                    : FieldError.invalid(path + ".x-kubernetes-list-type", type, detail));
        }
        if (type.equals("map")) {
            checkMapItems(items, keys, path);
        }
        if ((type.equals("set") || type.equals("map")) && Schemas.flag(items, "nullable")) {
            errors.add(FieldError.forbidden(path + ".items.nullable",
                    "cannot be nullable when x-kubernetes-list-type is " + type));
        }
    }

    private void checkSetItems(JsonNode items, String path) {
        String detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
        String list = Schemas.text(items, "x-kubernetes-list-type");
        if (Schemas.text(items, "type").equals("array") && !list.isEmpty() && !list.equals("atomic")) {
            errors.add(FieldError.invalid(path + ".items.x-kubernetes-list-type", list, detail));
        }
        String map = Schemas.text(items, "x-kubernetes-map-type");
        if (Schemas.text(items, "type").equals("object") && !map.equals("atomic")) {
            errors.add(FieldError.invalid(path + ".items.x-kubernetes-map-type", map, detail));
        }
    }

    private void checkMapItems(JsonNode items, JsonNode keys, String path) {
        String at = path + ".x-kubernetes-list-map-keys";
        if (keys.isEmpty()) {
            errors.add(FieldError.required(at, "must not be empty if x-kubernetes-list-type is map"));
        }
        if (!items.isObject()) {
            errors.add(
                    FieldError.required(path + ".items", "must have a schema if x-kubernetes-list-type is map"));
            return;
        }
        if (!Schemas.text(items, "type").equals("object")) {
            errors.add(FieldError.invalid(path + ".items.type", Schemas.text(items, "type"),
                    "must be object if parent array's x-kubernetes-list-type is map"));
            return;
        }
        Set<String> seen = new HashSet<>();
        for (JsonNode one : keys) {
            String key = one.stringValue("");
            checkMapKey(items, key, path, at, keys);
            if (!seen.add(key)) {
                errors.add(FieldError.invalid(at, keys, "must not contain duplicate entries"));
            }
        }
    }

    private void checkMapKey(JsonNode items, String key, String path, String at, JsonNode keys) {
        JsonNode property = items.path("properties").path(key);
        if (!property.isObject()) {
            errors.add(FieldError.invalid(at, keys, "entries must all be names of item properties"));
            return;
        }
        String below = path + ".items.properties[" + key + "]";
        String type = Schemas.text(property, "type");
        if (type.equals("array") || type.equals("object")) {
            errors.add(FieldError.invalid(below + ".type", type,
                    "must be a scalar type if parent array's x-kubernetes-list-type is map"));
        }
        boolean required = items.path("required").valueStream().anyMatch(name -> name.stringValue("").equals(key));
        if (!required && !Schemas.has(property, "default")) {
            errors.add(FieldError.required(below + ".default", "this property is in x-kubernetes-list-map-keys, so "
                    + "it must have a default or be a required property"));
        }
        if (Schemas.flag(property, "nullable")) {
            errors.add(FieldError.forbidden(below + ".nullable",
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
        }
    }

    private void rules(JsonNode schema, String path) {
        JsonNode rules = schema.path("x-kubernetes-validations");
        for (int i = 0; i < rules.size(); i++) {
            rule(schema, rules.get(i), path + ".x-kubernetes-validations[" + i + "]");
        }
    }

    private static boolean hasLines(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }

    private void rule(JsonNode schema, JsonNode rule, String at) {
        String expression = Schemas.text(rule, "rule").strip();
        String message = Schemas.text(rule, "message");
        if (expression.isEmpty()) {
            errors.add(FieldError.required(at + ".rule", "rule is not specified"));
        } else if (!message.isEmpty() && message.isBlank()) {
            errors.add(FieldError.invalid(at + ".message", message, "must be non-empty if specified"));
        } else if (hasLines(message.strip())) {
            errors.add(FieldError.invalid(at + ".message", message, "must not contain line breaks"));
        } else if (hasLines(expression) && message.isEmpty()) {
            errors.add(FieldError.required(at + ".message",
                    "message must be specified if rule contains line breaks"));
        }
        String messageExpression = Schemas.text(rule, "messageExpression");
        if (!messageExpression.isEmpty() && messageExpression.isBlank()) {
            errors.add(FieldError.required(at + ".messageExpression",
                    "messageExpression must be non-empty if specified"));
        }
        if (Schemas.has(rule, "reason") && !REASONS.contains(Schemas.text(rule, "reason"))) {
            errors.add(FieldError.notSupported(at + ".reason", Schemas.text(rule, "reason"), REASONS));
        }
        String fieldPath = Schemas.text(rule, "fieldPath");
        if (!fieldPath.isEmpty() && !FieldPaths.isValid(Structural.of(schema), fieldPath)) {
            errors.add(FieldError.invalid(at + ".fieldPath", fieldPath, "must be a valid path"));
        }
    }
}
