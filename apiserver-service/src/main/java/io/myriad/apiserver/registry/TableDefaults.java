package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/**
 * Sets the defaults that the schema tables publish. Zero values are no defaults: they only say that upstream's field is a
 * plain value. A structure that is absent is not made for the sake of its fields' defaults.
 */
final class TableDefaults {
    private TableDefaults() {}

    /** Fills in {@code object}, a tree of {@code type}, and everything below. */
    static void apply(ObjectNode object, ObjectType type) {
        for (Field field : type.fields()) {
            JsonNode value = object.get(field.name());
            if (value == null) {
                JsonNode published = field.defaultValue();
                if (published != null && !isZero(published)) {
                    object.set(field.name(), published.deepCopy());
                }
            } else {
                descend(value, field.shape());
            }
        }
    }

    private static void descend(@Nullable JsonNode value, Shape shape) {
        switch (shape) {
            case Shape.Structure structure -> {
                if (value instanceof ObjectNode object) {
                    apply(object, structure.type());
                }
            }
            case Shape.ListOf list -> {
                if (value instanceof ArrayNode array && mayHoldStructures(list.element())) {
                    array.forEach(element -> descend(element, list.element()));
                }
            }
            case Shape.MapOf map -> {
                if (value instanceof ObjectNode object && mayHoldStructures(map.value())) {
                    object.forEachEntry((key, element) -> descend(element, map.value()));
                }
            }
            case Shape.Scalar scalar -> {}
            case Shape.Any any -> {}
        }
    }

    private static boolean mayHoldStructures(Shape shape) {
        return !(shape instanceof Shape.Scalar) && !(shape instanceof Shape.Any);
    }

    private static boolean isZero(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.asString().isEmpty();
            case NUMBER -> value.doubleValue() == 0;
            case BOOLEAN -> !value.booleanValue();
            case OBJECT, ARRAY -> value.isEmpty();
            case NULL, MISSING -> true;
            case BINARY, POJO -> false;
        };
    }
}
