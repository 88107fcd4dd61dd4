package io.myriad.api.custom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A structural schema: what every value of a custom resource is, without the parts that only validate. Immutable.
 *
 * @param source the schema as the definition has it; nobody changes it
 * @param type {@code object}, {@code array}, {@code string}, {@code integer}, {@code number}, {@code boolean}, or empty
 * @param properties the schemas of an object's fields
 * @param items the schema of an array's elements, or null
 * @param additional the schema of fields that {@code properties} does not name, or null
 * @param permitsAdditional whether an object may have such fields
 * @param nullable whether null is a value
 * @param defaultValue what stands for an absent value, or null
 * @param preservesUnknown whether unknown fields are kept
 * @param embedded whether the object is a whole API object with {@code apiVersion}, {@code kind} and {@code metadata}
 * @param intOrString whether integers and strings are values
 * @param listType {@code atomic}, {@code set}, {@code map}, or empty
 * @param mapKeys the fields that tell the elements of a {@code map} list apart
 * @param mapType {@code atomic}, {@code granular}, or empty
 * @param rules the rules in CEL
 */
public record Structural(JsonNode source, String type, Map<String, Structural> properties, @Nullable Structural items,
        @Nullable Structural additional, boolean permitsAdditional, boolean nullable,
        @Nullable JsonNode defaultValue, boolean preservesUnknown, boolean embedded, boolean intOrString,
        String listType, List<String> mapKeys, String mapType, List<Rule> rules) {

    /**
     * A rule in CEL.
     *
     * @param expression what must be true
     * @param message what a violation says, or empty
     * @param messageExpression makes the message, or empty
     * @param reason the reason of the error, such as {@code FieldValueForbidden}, or empty
     * @param fieldPath the field below that the error names, or empty
     * @param optionalOldSelf whether the rule holds for new values too, or null when the definition does not say
     */
    public record Rule(String expression, String message, String messageExpression, String reason, String fieldPath,
            @Nullable Boolean optionalOldSelf) {}

    /** Reads a schema. What the structural rules forbid is ignored here: definitions are validated before. */
    public static Structural of(JsonNode schema) {
        Map<String, Structural> properties = new LinkedHashMap<>();
        schema.path("properties").forEachEntry((name, property) -> properties.put(name, of(property)));
        JsonNode additional = schema.path("additionalProperties");
        JsonNode items = schema.path("items");
        JsonNode standard = schema.get("default");
        return new Structural(schema, schema.path("type").stringValue(""), properties,
                items.isObject() ? of(items) : null, additional.isObject() ? of(additional) : null,
                additional.isObject() || additional.booleanValue(false), flag(schema, "nullable"),
                standard == null || standard.isNull() ? null : standard,
                flag(schema, "x-kubernetes-preserve-unknown-fields"), flag(schema, "x-kubernetes-embedded-resource"),
                flag(schema, "x-kubernetes-int-or-string"), schema.path("x-kubernetes-list-type").stringValue(""),
                strings(schema.path("x-kubernetes-list-map-keys")),
                schema.path("x-kubernetes-map-type").stringValue(""), rules(schema.path("x-kubernetes-validations")));
    }

    private static List<Rule> rules(JsonNode list) {
        List<Rule> rules = new ArrayList<>(list.size());
        for (JsonNode rule : list) {
            JsonNode optional = rule.get("optionalOldSelf");
            rules.add(new Rule(text(rule, "rule"), text(rule, "message"), text(rule, "messageExpression"),
                    text(rule, "reason"), text(rule, "fieldPath"),
                    optional == null || optional.isNull() ? null : optional.booleanValue(false)));
        }
        return List.copyOf(rules);
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).stringValue("");
    }

    private static boolean flag(JsonNode object, String field) {
        return object.path(field).booleanValue(false);
    }

    static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>(list.size());
        list.forEach(element -> strings.add(element.stringValue("")));
        return List.copyOf(strings);
    }

    /** The same schema as that of a whole API object, whose {@code apiVersion}, {@code kind} and metadata are implied. */
    public Structural asResource() {
        return embedded
                ? this
                : new Structural(source, type, properties, items, additional, permitsAdditional, nullable,
                        defaultValue, preservesUnknown, true, intOrString, listType, mapKeys, mapType, rules);
    }

    /** The schema of a field of an object, or null where there is none. */
    public @Nullable Structural field(String name) {
        Structural property = properties.get(name);
        return property != null ? property : additional;
    }

    /** Whether any rule stands in this schema or below. */
    public boolean hasRules() {
        return !rules.isEmpty() || properties.values().stream().anyMatch(Structural::hasRules)
                || items != null && items.hasRules() || additional != null && additional.hasRules();
    }

    /** Whether the name is one of the three fields that every API object has. */
    static boolean isMeta(String name) {
        return switch (name) {
            case "apiVersion", "kind", "metadata" -> true;
            default -> false;
        };
    }

    /** Whether a value of this schema, null included, counts as absent. */
    boolean isUnwantedNull(JsonNode value) {
        return value.isNull() && !nullable;
    }

    /** An object's value at a path of names, or a missing node. */
    public static JsonNode at(ObjectNode object, List<String> path) {
        JsonNode node = object;
        for (String name : path) {
            node = node.path(name);
        }
        return node;
    }
}
