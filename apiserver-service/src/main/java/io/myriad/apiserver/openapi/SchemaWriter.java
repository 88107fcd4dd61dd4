package io.myriad.apiserver.openapi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Writes types as JSON schemas, in the dialect of OpenAPI v2 or v3. A type that refers to another takes it along, so the
 * result is closed under references.
 */
final class SchemaWriter {
    /** The two dialects: where definitions live, and how a reference with a default is written. */
    enum Dialect {
        V2("#/definitions/"), V3("#/components/schemas/");

        private final String prefix;

        Dialect(String prefix) {
            this.prefix = prefix;
        }
    }

    private final Dialect dialect;
    private final Map<String, List<GroupVersionKind>> kindsOfTypes;
    private final Map<String, ObjectNode> written = new TreeMap<>();
    private final Deque<ObjectType> pending = new ArrayDeque<>();

    private final Map<String, CustomDocument> custom;

    /**
     * @param kindsOfTypes the kinds that a type, by its name, is the form of
     * @param custom the custom resources by the names of their types and of their lists'
     */
    SchemaWriter(Dialect dialect, Map<String, List<GroupVersionKind>> kindsOfTypes,
            Map<String, CustomDocument> custom) {
        this.dialect = dialect;
        this.kindsOfTypes = kindsOfTypes;
        this.custom = custom;
    }

    /** A reference to a type, whose definition will be part of the result. */
    ObjectNode reference(ObjectType type) {
        if (!written.containsKey(type.name())) {
            written.put(type.name(), JsonNodeFactory.instance.objectNode());
            pending.add(type);
        }
        return JsonNodeFactory.instance.objectNode().put("$ref", dialect.prefix + type.name());
    }

    /** Every definition that was referred to, by name. */
    ObjectNode definitions() {
        for (ObjectType type = pending.poll(); type != null; type = pending.poll()) {
            written.put(type.name(), definition(type));
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        written.forEach(result::set);
        return result;
    }

    private ObjectNode definition(ObjectType type) {
        CustomDocument document = custom.get(type.name());
        if (document != null) {
            return document.definition(type.name(), dialect, this);
        }
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        switch (type.form()) {
            case OBJECT -> objectSchema(type, schema);
            case TIME -> schema.put("type", "string").put("format", "date-time");
            case MICRO_TIME -> schema.put("type", "string").put("format", "date-time");
            case DURATION -> schema.put("type", "string");
            case QUANTITY -> oneOf(schema, "string", "number");
            case INT_OR_STRING -> oneOf(schema.put("format", "int-or-string"), "integer", "string");
            case WRAPPED_LIST -> schema.put("type", "array").putObject("items").put("type", "string");
            case RAW_OBJECT, PATCH_BODY -> schema.put("type", "object");
            case RAW_JSON -> {
                if (type.name().endsWith("FieldsV1")) {
                    schema.put("type", "object");
                }
            }
            case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRING_ARRAY -> {}
        }
        return schema;
    }

    private void oneOf(ObjectNode schema, String first, String second) {
        if (dialect == Dialect.V2) {
            schema.put("type", "string");
        } else {
            ArrayNode choices = schema.putArray("oneOf");
            choices.addObject().put("type", first);
            choices.addObject().put("type", second);
        }
    }

    private void objectSchema(ObjectType type, ObjectNode schema) {
        schema.put("type", "object");
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        if (type.typeMeta()) {
            properties.putObject("apiVersion").put("type", "string");
            properties.putObject("kind").put("type", "string");
        }
        for (Field field : type.fields()) {
            properties.set(field.name(), field(field));
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!properties.isEmpty()) {
            schema.set("properties", properties);
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (type.atomic()) {
            schema.put("x-kubernetes-map-type", "atomic");
        }
        List<GroupVersionKind> kinds = kindsOfTypes.getOrDefault(type.name(), List.of());
        if (!kinds.isEmpty()) {
            ArrayNode list = schema.putArray("x-kubernetes-group-version-kind");
            kinds.forEach(kind -> list.addObject().put("group", kind.group()).put("kind", kind.kind()).put("version",
                    kind.version()));
        }
    }

    private ObjectNode field(Field field) {
        ObjectNode schema = shape(field.shape());
        if (field.defaultValue() != null) {
            if (dialect == Dialect.V3 && schema.has("$ref")) {
                ObjectNode wrapped = JsonNodeFactory.instance.objectNode();
                wrapped.putArray("allOf").add(schema);
                schema = wrapped;
            }
            if (dialect == Dialect.V3) {
                schema.set("default", field.defaultValue());
            }
        }
        if (field.shape() instanceof Shape.ListOf list) {
            schema.put("x-kubernetes-list-type", switch (list.semantics()) {
                case ATOMIC -> "atomic";
                case SET -> "set";
                case MAP -> "map";
            });
            if (!list.mapKeys().isEmpty()) {
                ArrayNode keys = schema.putArray("x-kubernetes-list-map-keys");
                list.mapKeys().forEach(keys::add);
            }
        }
        if (!field.patchStrategy().isEmpty()) {
            schema.put("x-kubernetes-patch-strategy",
                    String.join(",", field.patchStrategy().stream().map(strategy -> switch (strategy) {
                        case MERGE -> "merge";
                        case REPLACE -> "replace";
                        case RETAIN_KEYS -> "retainKeys";
                    }).toList()));
        }
        String mergeKey = field.patchMergeKey();
        if (mergeKey != null) {
            schema.put("x-kubernetes-patch-merge-key", mergeKey);
        }
        return schema;
    }

    private ObjectNode shape(Shape shape) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(schema, scalar);
            case Shape.Structure structure -> reference(structure.type());
            case Shape.ListOf list -> {
                schema.put("type", "array").set("items", shape(list.element()));
                yield schema;
            }
            case Shape.MapOf map -> {
                schema.put("type", "object").set("additionalProperties", shape(map.value()));
                if (map.atomic()) {
                    schema.put("x-kubernetes-map-type", "atomic");
                }
                yield schema;
            }
            case Shape.Any any -> schema;
        };
    }

    private static ObjectNode scalar(ObjectNode schema, Shape.Scalar scalar) {
        switch (scalar.kind()) {
            case STRING -> schema.put("type", "string");
            case INT32 -> schema.put("type", "integer").put("format", "int32");
            case INT64 -> schema.put("type", "integer").put("format", "int64");
            case DOUBLE -> schema.put("type", "number").put("format", "double");
            case BOOLEAN -> schema.put("type", "boolean");
            case BYTES -> schema.put("type", "string").put("format", "byte");
        }
        if (!scalar.enumValues().isEmpty()) {
            ArrayNode values = schema.putArray("enum");
            scalar.enumValues().forEach(values::add);
        }
        return schema;
    }
}
