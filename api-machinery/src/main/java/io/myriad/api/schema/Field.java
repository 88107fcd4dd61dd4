package io.myriad.api.schema;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One field of an object type.
 *
 * @param name the JSON name
 * @param shape what its value looks like
 * @param required whether the published schema requires it
 * @param defaultValue the published default, or null; a zero value only says that upstream's field is a plain value
 * @param omitEmpty whether JSON leaves out a zero value
 * @param omitZero whether JSON leaves out an empty structure
 * @param pointer whether absent and zero differ (upstream's field is a pointer)
 * @param patchStrategy the strategic merge patch strategies of the field
 * @param patchMergeKey the key field of strategic merge patch, or null
 * @param wire how protobuf carries it, or null where it does not
 */
public record Field(String name, Shape shape, boolean required, @Nullable JsonNode defaultValue, boolean omitEmpty,
        boolean omitZero, boolean pointer, List<PatchStrategy> patchStrategy, @Nullable String patchMergeKey,
        @Nullable Wire wire) {

    /** Strategies of strategic merge patch. */
    public enum PatchStrategy {
        MERGE, REPLACE, RETAIN_KEYS
    }

    /** Protobuf wire forms, by what the schema calls them. */
    public enum WireType {
        STRING, BYTES, INT32, INT64, UINT32, UINT64, BOOL, DOUBLE, MESSAGE
    }

    /**
     * How protobuf carries a field.
     *
     * @param number the field number inside the last message of {@code via}
     * @param type the wire form of the value, of a list's elements, or of a map's values
     * @param via the numbers of the embedded messages to go through first, outermost first; usually empty
     */
    public record Wire(int number, WireType type, int[] via) {}
}
