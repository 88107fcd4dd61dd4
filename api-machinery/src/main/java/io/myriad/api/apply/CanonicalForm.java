package io.myriad.api.apply;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Objects as upstream's server sees them once they went through its structures: fields that it leaves out when they are
 * empty are absent, fields that it always writes are present. Ownership depends on that: it tells a field that was
 * there empty from one that was added. Types without protobuf message (custom resources) are taken as they are.
 */
final class CanonicalForm {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CanonicalForm() {}

    /** The canonical form: {@code object} itself when it has that already, else a copy that shares what fits. */
    static ObjectNode of(ObjectNode object, ObjectType type) {
        if (type.protoName() == null) {
            return object;
        }
        ObjectNode copy = null;
        for (Field field : type.fields()) {
            JsonNode value = object.get(field.name());
            JsonNode canonical = canonical(field, value);
            if (canonical != value) {
                copy = copy == null ? shallowCopy(object) : copy;
                if (canonical == null) {
                    copy.remove(field.name());
                } else {
                    copy.set(field.name(), canonical);
                }
            }
        }
        return copy == null ? object : copy;
    }

    /** What a structure of this type is before anything was set. */
    static ObjectNode empty(ObjectType type) {
        return of(NODES.objectNode(), type);
    }

    private static ObjectNode shallowCopy(ObjectNode object) {
        return NODES.objectNode().setAll(object);
    }

    private static @Nullable JsonNode canonical(Field field, @Nullable JsonNode value) {
        if (field.wire() == null) {
            return value;
        }
        if (value == null || value.isNull()) {
            return whenUnset(field);
        }
        if (field.omitEmpty() && !field.pointer() && isEmpty(field.shape(), value)) {
            return null;
        }
        return canonical(field.shape(), value);
    }

    private static JsonNode canonical(Shape shape, JsonNode value) {
        return switch (shape) {
            case Shape.Structure structure ->
                structure.type().form() == ObjectType.Form.OBJECT && value instanceof ObjectNode object
                        ? of(object, structure.type())
                        : value;
            case Shape.ListOf list -> value instanceof ArrayNode elements ? ofElements(list, elements) : value;
            case Shape.MapOf map -> value instanceof ObjectNode object ? ofValues(map, object) : value;
            case Shape.Scalar scalar -> value;
            case Shape.Any any -> value;
        };
    }

    private static JsonNode ofElements(Shape.ListOf list, ArrayNode elements) {
        if (list.element() instanceof Shape.Scalar) {
            return elements;
        }
        ArrayNode copy = null;
        for (int i = 0; i < elements.size(); i++) {
            JsonNode canonical = canonical(list.element(), elements.get(i));
            if (canonical != elements.get(i)) {
                copy = copy == null ? NODES.arrayNode(elements.size()).addAll(elements) : copy;
                copy.set(i, canonical);
            }
        }
        return copy == null ? elements : copy;
    }

    private static JsonNode ofValues(Shape.MapOf map, ObjectNode object) {
        if (map.value() instanceof Shape.Scalar) {
            return object;
        }
        ObjectNode copy = null;
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            JsonNode canonical = canonical(map.value(), entry.getValue());
            if (canonical != entry.getValue()) {
                copy = copy == null ? shallowCopy(object) : copy;
                copy.set(entry.getKey(), canonical);
            }
        }
        return copy == null ? object : copy;
    }

    /** Whether {@code omitempty} leaves the value out; structures are never empty. */
    private static boolean isEmpty(Shape shape, JsonNode value) {
        return switch (shape) {
            case Shape.Scalar scalar -> value.isString()
                    ? value.stringValue().isEmpty()
                    : value.isNumber() ? value.doubleValue() == 0 : value.isBoolean() && !value.booleanValue();
            case Shape.ListOf list -> value.isEmpty();
            case Shape.MapOf map -> value.isEmpty();
            case Shape.Structure structure ->
                structure.type().form() == ObjectType.Form.WRAPPED_LIST && value.isEmpty();
            case Shape.Any any -> false;
        };
    }

    /** What is written for a field that is not set; null for nothing. */
    private static @Nullable JsonNode whenUnset(Field field) {
        boolean structure = field.shape() instanceof Shape.Structure one
                && one.type().form() != ObjectType.Form.WRAPPED_LIST;
        if (field.pointer()) {
            return field.omitEmpty() ? null : NODES.nullNode();
        }
        if (structure ? field.omitZero() : field.omitEmpty()) {
            return null;
        }
        return zero(field.shape());
    }

    private static JsonNode zero(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> switch (scalar.kind()) {
                case STRING -> NODES.stringNode("");
                case INT32, INT64 -> NODES.numberNode(0);
                case DOUBLE -> NODES.numberNode(0.0);
                case BOOLEAN -> NODES.booleanNode(false);
                case BYTES -> NODES.nullNode();
            };
            case Shape.Structure structure -> switch (structure.type().form()) {
                case OBJECT -> empty(structure.type());
                case QUANTITY -> NODES.stringNode("0");
                case INT_OR_STRING -> NODES.numberNode(0);
                case DURATION -> NODES.stringNode("0s");
                case TIME, MICRO_TIME, RAW_JSON, RAW_OBJECT, WRAPPED_LIST, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL,
                        SCHEMA_OR_STRING_ARRAY, PATCH_BODY ->
                    NODES.nullNode();
            };
            case Shape.ListOf list -> NODES.nullNode();
            case Shape.MapOf map -> NODES.nullNode();
            case Shape.Any any -> NODES.nullNode();
        };
    }
}
