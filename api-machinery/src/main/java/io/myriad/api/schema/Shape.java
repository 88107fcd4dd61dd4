package io.myriad.api.schema;

import java.util.List;

/** What a value looks like: the closed set of forms that fields, list elements and map values take. */
public sealed interface Shape {

    /** Kinds of plain values. {@code BYTES} is base64 text in JSON. */
    enum ScalarKind {
        STRING, INT32, INT64, DOUBLE, BOOLEAN, BYTES
    }

    /** How server-side apply and validation see a list. */
    enum ListSemantics {
        /** Replaced as a whole. */
        ATOMIC,
        /** Elements are plain values, each at most once. */
        SET,
        /** Elements are objects told apart by their key fields. */
        MAP
    }

    /**
     * A plain value.
     *
     * @param kind its kind
     * @param enumValues the permitted values, empty when any is
     */
    record Scalar(ScalarKind kind, List<String> enumValues) implements Shape {}

    /** An object or special form that {@code type} describes. Types may refer to themselves. */
    record Structure(ObjectType type) implements Shape {
        @Override
        public boolean equals(Object other) {
            return other instanceof Structure structure && structure.type == type;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(type);
        }

        @Override
        public String toString() {
            return "Structure[" + type.name() + "]";
        }
    }

    /**
     * A list.
     *
     * @param element the form of each element
     * @param semantics how elements are told apart
     * @param mapKeys the key fields of {@link ListSemantics#MAP}, in order; otherwise empty
     */
    record ListOf(Shape element, ListSemantics semantics, List<String> mapKeys) implements Shape {}

    /**
     * A map with string keys.
     *
     * @param value the form of each value
     * @param atomic whether server-side apply replaces it as a whole
     */
    record MapOf(Shape value, boolean atomic) implements Shape {}

    /** Any JSON value, kept as it is. */
    record Any() implements Shape {}
}
