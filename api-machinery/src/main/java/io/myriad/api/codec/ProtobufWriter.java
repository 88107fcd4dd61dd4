package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.WireLayout;
import io.myriad.api.schema.WireLayout.Slot;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

/**
 * Writes a tree as the protobuf message of its type, byte for byte as upstream's encoder does: fields by number, values
 * that are no pointers upstream even when zero, maps sorted by the bytes of their keys, no packed lists.
 */
public final class ProtobufWriter {
    private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final ReverseBuffer out;

    private ProtobufWriter(ReverseBuffer out) {
        this.out = out;
    }

    /**
     * The message alone, without envelope, kind and {@code apiVersion}. Fields that the type lacks are left out.
     *
     * @throws MalformedException when a value has not its field's type
     */
    public static byte[] write(ObjectNode object, ObjectType type) {
        ReverseBuffer out = new ReverseBuffer(1024);
        new ProtobufWriter(out).writeFields(object, type.layout(), 0);
        return out.toByteArray();
    }

    private void writeFields(ObjectNode object, WireLayout layout, int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw MalformedException.tooDeep();
        }
        for (int i = layout.size() - 1; i >= 0; i--) {
            Slot slot = layout.slot(i);
            if (slot.cardinality() == WireLayout.Cardinality.INLINE) {
                int end = out.size();
                writeFields(object, slot.inlineLayout(), depth);
                out.lengthAndTag(end, slot.number());
                continue;
            }
            Field field = slot.jsonField();
            JsonNode value = object.get(field.name());
            if (value != null && value.isNull()) {
                value = null;
            }
            switch (slot.cardinality()) {
                case SINGLE -> writeSingle(slot, field, value, depth);
                case LIST -> writeList(slot, field, value, depth);
                case MAP -> writeMap(slot, field, value, depth);
                case INLINE -> throw new IllegalStateException("handled above");
            }
        }
    }

    private void writeSingle(Slot slot, Field field, @Nullable JsonNode value, int depth) {
        boolean nothing = field.pointer() || slot.value() == Field.WireType.BYTES
                || slot.value() == Field.WireType.MESSAGE
                        && slot.messageType().form() == ObjectType.Form.WRAPPED_LIST;
        if (value != null || !nothing) {
            writeValue(slot, field, slot.number(), value, depth);
        }
    }

    private void writeList(Slot slot, Field field, @Nullable JsonNode value, int depth) {
        if (value == null) {
            return;
        }
        if (!value.isArray()) {
            throw wrongType(field, value);
        }
        for (int i = value.size() - 1; i >= 0; i--) {
            writeValue(slot, field, slot.number(), element(value.get(i)), depth);
        }
    }

    private void writeMap(Slot slot, Field field, @Nullable JsonNode value, int depth) {
        if (value == null || value.isEmpty()) {
            return;
        }
        if (!value.isObject()) {
            throw wrongType(field, value);
        }
        List<Entry> entries = new ArrayList<>(value.size());
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            entries.add(new Entry(property.getKey().getBytes(StandardCharsets.UTF_8), property.getValue()));
        }
        entries.sort((a, b) -> Arrays.compareUnsigned(a.key, b.key));
        for (int i = entries.size() - 1; i >= 0; i--) {
            Entry entry = entries.get(i);
            int end = out.size();
            JsonNode content = element(entry.value);
            if (content != null || slot.value() != Field.WireType.BYTES) {
                writeValue(slot, field, 2, content, depth);
            }
            int keyEnd = out.size();
            out.raw(entry.key);
            out.lengthAndTag(keyEnd, 1);
            out.lengthAndTag(end, slot.number());
        }
    }

    private record Entry(byte[] key, JsonNode value) {}

    private static @Nullable JsonNode element(JsonNode value) {
        return value.isNull() ? null : value;
    }

    private void writeValue(Slot slot, Field field, int number, @Nullable JsonNode value, int depth) {
        switch (slot.value()) {
            case STRING -> {
                int end = out.size();
                if (value != null) {
                    out.text(text(field, value));
                }
                out.lengthAndTag(end, number);
            }
            case BYTES -> {
                int end = out.size();
                if (value != null) {
                    out.raw(bytes(field, value));
                }
                out.lengthAndTag(end, number);
            }
            case INT32, INT64, UINT32, UINT64 -> {
                out.varint(value == null ? 0 : integer(field, value));
                out.tag(number, WireReader.VARINT);
            }
            case BOOL -> {
                if (value != null && !value.isBoolean()) {
                    throw wrongType(field, value);
                }
                out.varint(value != null && value.booleanValue() ? 1 : 0);
                out.tag(number, WireReader.VARINT);
            }
            case DOUBLE -> {
                if (value != null && !value.isNumber()) {
                    throw wrongType(field, value);
                }
                out.fixed64(Double.doubleToRawLongBits(value == null ? 0 : value.doubleValue()));
                out.tag(number, WireReader.FIXED64);
            }
            case MESSAGE -> {
                int end = out.size();
                writeMessage(slot.messageType(), field, value, depth + 1);
                out.lengthAndTag(end, number);
            }
        }
    }

    private void writeMessage(ObjectType type, Field field, @Nullable JsonNode value, int depth) {
        switch (type.form()) {
            case OBJECT -> {
                if (value != null && !value.isObject()) {
                    throw wrongType(field, value);
                }
                writeFields(value instanceof ObjectNode object ? object : NOTHING, type.layout(), depth);
            }
            case TIME, MICRO_TIME -> writeTime(type.form(), field, value);
            case DURATION -> {
                out.varint(value == null ? 0 : parsed(field, value, GoDuration::parse));
                out.tag(1, WireReader.VARINT);
            }
            case QUANTITY -> {
                int end = out.size();
                String text = value != null && value.isNumber() ? value.asString() : null;
                out.text(value == null
                        ? "0"
                        : text != null
                                ? Quantity.parse(text).canonical()
                                : parsed(field, value, Quantity::parse).canonical());
                out.lengthAndTag(end, 1);
            }
            case INT_OR_STRING -> writeIntOrString(field, value);
            case RAW_JSON, RAW_OBJECT -> {
                if (value != null) {
                    int end = out.size();
                    out.raw(JsonWriter.write(value));
                    out.lengthAndTag(end, 1);
                }
            }
            case WRAPPED_LIST -> writeStrings(field, value, 1);
            case SCHEMA_OR_ARRAY -> {
                if (value != null && value.isArray()) {
                    for (int i = value.size() - 1; i >= 0; i--) {
                        writeSchema(type, field, value.get(i), 2, depth);
                    }
                } else if (value != null) {
                    writeSchema(type, field, value, 1, depth);
                }
            }
            case SCHEMA_OR_BOOL -> {
                boolean schema = value != null && value.isObject();
                if (schema) {
                    writeSchema(type, field, value, 2, depth);
                }
                out.varint(schema || value != null && value.booleanValue(false) ? 1 : 0);
                out.tag(1, WireReader.VARINT);
            }
            case SCHEMA_OR_STRING_ARRAY -> {
                if (value != null && value.isArray()) {
                    writeStrings(field, value, 2);
                } else if (value != null) {
                    writeSchema(type, field, value, 1, depth);
                }
            }
            case PATCH_BODY -> throw new MalformedException(field.name() + ": a patch has no protobuf form");
        }
    }

    private void writeSchema(ObjectType type, Field field, @Nullable JsonNode value, int number, int depth) {
        int end = out.size();
        writeMessage(type.schema(), field, value, depth + 1);
        out.lengthAndTag(end, number);
    }

    private void writeStrings(Field field, @Nullable JsonNode value, int number) {
        if (value == null) {
            return;
        }
        if (!value.isArray()) {
            throw wrongType(field, value);
        }
        for (int i = value.size() - 1; i >= 0; i--) {
            int end = out.size();
            out.text(value.get(i).isNull() ? "" : text(field, value.get(i)));
            out.lengthAndTag(end, number);
        }
    }

    private void writeTime(ObjectType.Form form, Field field, @Nullable JsonNode value) {
        if (value == null) {
            return;
        }
        Instant time = parsed(field, value,
                form == ObjectType.Form.TIME ? Timestamps::parse : Timestamps::parseMicro);
        if (SpecialForms.isZero(time)) {
            return;
        }
        out.varint(form == ObjectType.Form.TIME ? 0 : time.getNano());
        out.tag(2, WireReader.VARINT);
        out.varint(time.getEpochSecond());
        out.tag(1, WireReader.VARINT);
    }

    private void writeIntOrString(Field field, @Nullable JsonNode value) {
        String text = value != null && value.isString() ? value.stringValue() : null;
        int end = out.size();
        if (text != null) {
            out.text(text);
        }
        out.lengthAndTag(end, 3);
        out.varint(text != null || value == null ? 0 : integer(field, value));
        out.tag(2, WireReader.VARINT);
        out.varint(text != null ? 1 : 0);
        out.tag(1, WireReader.VARINT);
    }

    private interface Parse<T> {
        T of(String text);
    }

    private static <T> T parsed(Field field, JsonNode value, Parse<T> parse) {
        try {
            return parse.of(text(field, value));
        } catch (DateTimeException | IllegalArgumentException wrong) {
            throw new MalformedException(field.name() + ": " + wrong.getMessage());
        }
    }

    private static String text(Field field, JsonNode value) {
        if (!value.isString()) {
            throw wrongType(field, value);
        }
        return value.stringValue();
    }

    private static byte[] bytes(Field field, JsonNode value) {
        try {
            return Base64.getDecoder().decode(text(field, value));
        } catch (IllegalArgumentException notBase64) {
            throw new MalformedException(field.name() + ": illegal base64 data");
        }
    }

    private static long integer(Field field, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrongType(field, value);
        }
        return value.longValue();
    }

    private static MalformedException wrongType(Field field, JsonNode value) {
        return new MalformedException(field.name() + ": unexpected " + value.getNodeType());
    }
}
