package io.myriad.api.apply;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/** The fields that an object mentions, and whether it may mention them. */
final class Fields {
    private Fields() {}

    /**
     * Every leaf, every element of a list and every key of a map that the object mentions: what who applies it will
     * own.
     *
     * @throws UntypedException when elements of a list cannot be told apart
     */
    static FieldSet of(ObjectNode object, ObjectType type) {
        return below(new Shape.Structure(type), object);
    }

    private static FieldSet below(Shape shape, JsonNode value) {
        FieldSet.Builder builder = new FieldSet.Builder();
        switch (MergeRules.granularity(shape, value)) {
            case LEAF -> {}
            case FIELDS -> {
                for (Map.Entry<String, JsonNode> field : value.properties()) {
                    addField(shape, field.getKey(), field.getValue(), builder);
                }
            }
            case ITEMS -> addItems((Shape.ListOf) shape, value, builder);
        }
        return builder.build();
    }

    private static void addField(Shape shape, String name, JsonNode value, FieldSet.Builder builder) {
        Shape fieldShape = MergeRules.fieldShape(shape, name);
        boolean member = MergeRules.declaredField(shape, name) == null || value.isNull()
                || value.isObject() && value.isEmpty()
                || MergeRules.granularity(fieldShape, value) == MergeRules.Granularity.LEAF;
        PathElement element = new PathElement.Name(name);
        try {
            builder.add(element, member, below(fieldShape, value));
        } catch (UntypedException failure) {
            throw failure.below(element);
        }
    }

    private static void addItems(Shape.ListOf list, JsonNode elements, FieldSet.Builder builder) {
        Set<PathElement> seen = new HashSet<>();
        Set<PathElement> duplicates = new HashSet<>();
        for (JsonNode element : elements) {
            PathElement item = MergeRules.item(list, element);
            if (!seen.add(item)) {
                duplicates.add(item);
            }
        }
        for (JsonNode element : elements) {
            PathElement item = MergeRules.item(list, element);
            if (!duplicates.contains(item)) {
                builder.add(item, true, below(list.element(), element));
            }
        }
        duplicates.forEach(item -> builder.add(item, true, FieldSet.EMPTY));
    }

    /**
     * Demands that a configuration fits its type: no unknown fields, no element twice, values of the right kinds.
     *
     * @throws UntypedException naming the first place that does not
     */
    static void check(ObjectNode configuration, ObjectType type) {
        check(new Shape.Structure(type), configuration);
    }

    private static void check(Shape shape, JsonNode value) {
        if (value.isNull()) {
            return;
        }
        switch (shape) {
            case Shape.Scalar scalar -> checkScalar(scalar, value);
            case Shape.Structure structure -> checkStructure(structure, value);
            case Shape.MapOf map -> checkFields(shape, value);
            case Shape.ListOf list -> checkItems(list, value);
            case Shape.Any any -> {}
        }
    }

    private static void checkScalar(Shape.Scalar scalar, JsonNode value) {
        boolean fits = switch (scalar.kind()) {
            case STRING, BYTES -> value.isString();
            case INT32, INT64, DOUBLE -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
        };
        if (!fits) {
            throw new UntypedException("", "expected " + switch (scalar.kind()) {
                case STRING, BYTES -> "string";
                case INT32, INT64, DOUBLE -> "numeric (int or float)";
                case BOOLEAN -> "boolean";
            } + ", got " + value);
        }
    }

    private static void checkStructure(Shape.Structure structure, JsonNode value) {
        switch (structure.type().form()) {
            case OBJECT -> checkFields(structure, value);
            case TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING -> {
                if (value.isContainer()) {
                    throw new UntypedException("", "expected any scalar, got " + value);
                }
            }
            case WRAPPED_LIST -> {
                if (!value.isArray()) {
                    throw new UntypedException("", "expected list, got " + value);
                }
            }
            case RAW_JSON, RAW_OBJECT, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRING_ARRAY, PATCH_BODY -> {}
        }
    }

    private static void checkFields(Shape shape, JsonNode value) {
        if (!value.isObject()) {
            throw new UntypedException("", "expected map, got " + value);
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            PathElement element = new PathElement.Name(field.getKey());
            if (MergeRules.isClosed(shape) && MergeRules.declaredField(shape, field.getKey()) == null) {
                throw new UntypedException(element.text(), "field not declared in schema");
            }
            try {
                check(MergeRules.fieldShape(shape, field.getKey()), field.getValue());
            } catch (UntypedException failure) {
                throw failure.below(element);
            }
        }
    }

    private static void checkItems(Shape.ListOf list, JsonNode value) {
        if (!value.isArray()) {
            throw new UntypedException("", "expected list, got " + value);
        }
        boolean atomic = list.semantics() == Shape.ListSemantics.ATOMIC;
        Set<PathElement> seen = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            PathElement item = atomic ? new PathElement.Index(i) : MergeRules.item(list, value.get(i));
            if (!seen.add(item)) {
                throw new UntypedException("", "duplicate entries for key " + item.text());
            }
            try {
                check(list.element(), value.get(i));
            } catch (UntypedException failure) {
                throw failure.below(item);
            }
        }
    }
}
