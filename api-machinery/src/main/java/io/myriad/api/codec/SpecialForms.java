package io.myriad.api.codec;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

/** Values whose JSON is not the protobuf message's: their canonical texts and zero values. */
final class SpecialForms {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SpecialForms() {}

    /**
     * The canonical text of a time, duration or quantity; null for the time that means "not set".
     *
     * @throws java.time.DateTimeException when the text is no time
     * @throws IllegalArgumentException when the text is no duration or quantity
     */
    static @Nullable JsonNode canonical(ObjectType.Form form, String text) {
        return switch (form) {
            case TIME -> {
                Instant time = Timestamps.parse(text);
                yield isZero(time) ? null : NODES.stringNode(Timestamps.format(time));
            }
            case MICRO_TIME -> {
                Instant time = Timestamps.parseMicro(text);
                yield isZero(time) ? null : NODES.stringNode(Timestamps.formatMicro(time));
            }
            case DURATION -> NODES.stringNode(GoDuration.format(GoDuration.parse(text)));
            case QUANTITY -> NODES.stringNode(Quantity.parse(text.strip()).canonical());
            case OBJECT, INT_OR_STRING, RAW_JSON, RAW_OBJECT, WRAPPED_LIST, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL,
                    SCHEMA_OR_STRING_ARRAY, PATCH_BODY ->
                throw new IllegalStateException(form + " has no canonical text");
        };
    }

    static boolean isZero(Instant time) {
        return time.getEpochSecond() == Timestamps.ZERO_SECONDS && time.getNano() == 0;
    }

    /** What JSON shows for a value that was never set. */
    static JsonNode zero(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> switch (scalar.kind()) {
                case STRING, BYTES -> NODES.stringNode("");
                case INT32, INT64 -> NODES.numberNode(0);
                case DOUBLE -> NODES.numberNode(0d);
                case BOOLEAN -> NODES.booleanNode(false);
            };
            case Shape.Structure structure -> switch (structure.type().form()) {
                case OBJECT -> NODES.objectNode();
                case TIME, MICRO_TIME, RAW_JSON, RAW_OBJECT, WRAPPED_LIST, SCHEMA_OR_ARRAY, SCHEMA_OR_STRING_ARRAY,
                        PATCH_BODY ->
                    NODES.nullNode();
                case SCHEMA_OR_BOOL -> NODES.booleanNode(false);
                case DURATION -> NODES.stringNode("0s");
                case QUANTITY -> NODES.stringNode("0");
                case INT_OR_STRING -> NODES.numberNode(0);
            };
            case Shape.ListOf list -> NODES.nullNode();
            case Shape.MapOf map -> NODES.nullNode();
            case Shape.Any any -> NODES.nullNode();
        };
    }

    /** The text with each single surrogate replaced by U+FFFD. */
    static String replaceSingleSurrogates(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> out
                .appendCodePoint(
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xfffd : point));
        return out.toString();
    }
}
