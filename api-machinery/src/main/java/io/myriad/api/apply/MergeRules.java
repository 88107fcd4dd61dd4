package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;

/** How ownership sees values: which are owned as a whole and which in parts, and what tells the elements of a list apart. */
final class MergeRules {
    /** How a value is owned. */
    enum Granularity {
        /** As a whole: plain values and atomic ones. */
        LEAF,
        /** Field by field, or key by key. */
        FIELDS,
        /** Element by element, told apart by keys or by value. */
        ITEMS
    }

    private static final Shape ANY = new Shape.Any();

    private MergeRules() {}

    /**
     * How a value is owned.
     *
     * @param value decides where the shape permits several types; null counts as an object there
     */
    static Granularity granularity(Shape shape, JsonNode value) {
        return switch (shape) {
            case Shape.Scalar scalar -> Granularity.LEAF;
            case Shape.Structure structure -> granularity(structure.type(), value);
            case Shape.ListOf list ->
                list.semantics() == Shape.ListSemantics.ATOMIC ? Granularity.LEAF : Granularity.ITEMS;
            case Shape.MapOf map -> map.atomic() ? Granularity.LEAF : Granularity.FIELDS;
            case Shape.Any any -> untyped(value);
        };
    }

    private static Granularity granularity(ObjectType type, JsonNode value) {
        return switch (type.form()) {
            case OBJECT -> type.atomic() ? Granularity.LEAF : Granularity.FIELDS;
            case TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING, RAW_OBJECT, WRAPPED_LIST, PATCH_BODY ->
                Granularity.LEAF;
            case RAW_JSON, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRING_ARRAY -> untyped(value);
        };
    }

    private static Granularity untyped(JsonNode value) {
        return value.isObject() || value.isNull() ? Granularity.FIELDS : Granularity.LEAF;
    }

    /** Whether objects and lists of this shape are owned as a whole. */
    static boolean isAtomic(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> false;
            case Shape.Structure structure -> structure.type().atomic()
                    || structure.type().form() == ObjectType.Form.RAW_OBJECT
                    || structure.type().form() == ObjectType.Form.WRAPPED_LIST;
            case Shape.ListOf list -> list.semantics() == Shape.ListSemantics.ATOMIC;
            case Shape.MapOf map -> map.atomic();
            case Shape.Any any -> false;
        };
    }

    /** The shape of a field of a value that is owned by fields. What the type does not know may be anything. */
    static Shape fieldShape(Shape shape, String name) {
        Field field = declaredField(shape, name);
        return field != null ? field.shape() : shape instanceof Shape.MapOf map ? map.value() : ANY;
    }

    /** The field of this name if the shape is a structure that has it; keys of maps are no such fields. */
    static @Nullable Field declaredField(Shape shape, String name) {
        return shape instanceof Shape.Structure structure ? structure.type().field(name) : null;
    }

    /** Whether values of this shape may have only the fields that their type declares. */
    static boolean isClosed(Shape shape) {
        return shape instanceof Shape.Structure structure && structure.type().form() == ObjectType.Form.OBJECT
                && !structure.type().open();
    }

    /**
     * What tells an element of a list apart from the others.
     *
     * @throws UntypedException when the element cannot be told apart
     */
    static PathElement item(Shape.ListOf list, JsonNode element) {
        if (list.semantics() == Shape.ListSemantics.SET) {
            if (element.isContainer() || element.isNull()) {
                throw new UntypedException("", "a set may only hold plain values, got " + element);
            }
            return new PathElement.Value(element);
        }
        if (!element.isObject()) {
            throw new UntypedException("", "associative list with keys may not have non-map elements");
        }
        List<PathElement.KeyField> fields = new ArrayList<>(list.mapKeys().size());
        for (String name : list.mapKeys()) {
            JsonNode value = element.get(name);
            if (value == null) {
                Field field = declaredField(list.element(), name);
                value = field == null ? null : field.defaultValue();
            }
            if (value != null) {
                fields.add(new PathElement.KeyField(name, value));
            }
        }
        if (fields.isEmpty()) {
            throw new UntypedException("",
                    "associative list with keys has an element that omits all key fields " + list.mapKeys());
        }
        return new PathElement.Key(fields);
    }
}
