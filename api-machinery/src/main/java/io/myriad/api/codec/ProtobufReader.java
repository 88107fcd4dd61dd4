package io.myriad.api.codec;

import java.util.Arrays;
import java.util.Base64;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Shape;
import io.myriad.api.schema.WireLayout;
import io.myriad.api.schema.WireLayout.Slot;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

/**
 * Reads a protobuf message into the tree that upstream would write as JSON: what {@code omitempty} leaves out is left
 * out, plain structures are there even when empty, other unset values are {@code null} or zero. Fields come in the order
 * of their numbers. Fields that the type lacks are skipped; fields in any order, and single messages in several parts,
 * are read as protobuf demands.
 */
public final class ProtobufReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper RAW = JsonMapper
            .builder(JsonFactory.builder()
                    // Names that were seen are kept in a table to find them again. Managed fields have names with addresses in them.
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(CodecLimits.MAX_DEPTH).maxNumberLength(1000).build())
                    .build())
            .build();

    private final byte[] data;
    private final @Nullable ObjectType leftOut;
    private int budget;

    private ProtobufReader(byte[] data, int length, @Nullable ObjectType leftOut) {
        this.data = data;
        this.leftOut = leftOut;
        this.budget = CodecLimits.objectBudget(length);
    }

    /**
     * Reads a message.
     *
     * @return the fields without {@code apiVersion} and {@code kind}, which the envelope has
     * @throws MalformedException when the bytes are no such message
     */
    public static ObjectNode read(byte[] message, int offset, int length, ObjectType type) {
        return read(message, offset, length, type, null);
    }

    /**
     * Reads a message, but not what its lists have of one type.
     *
     * @param leftOut the type of the elements that are skipped, or null for none
     */
    public static ObjectNode read(byte[] message, int offset, int length, ObjectType type,
            @Nullable ObjectType leftOut) {
        ObjectNode object = NODES.objectNode();
        new ProtobufReader(message, length, leftOut).readFields(object, type.layout(), offset, length, 0);
        return object;
    }

    /** The JSON of a message of any form. */
    static JsonNode readValue(byte[] data, int offset, int length, ObjectType type) {
        return new ProtobufReader(data, length, null).message(type, offset, length, 0);
    }

    private void readFields(ObjectNode into, WireLayout layout, int offset, int length, int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw MalformedException.tooDeep();
        }
        if (--budget < 0) {
            throw new MalformedException("too many objects for the size of the message");
        }
        JsonNode[] values = new JsonNode[layout.size()];
        Pending[] pending = new Pending[0];
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            int index = layout.index(wire.fieldNumber());
            if (index < 0) {
                continue;
            }
            Slot slot = layout.slot(index);
            wire.require(wireType(slot));
            switch (slot.cardinality()) {
                case SINGLE, INLINE -> {
                    if (slot.value() == Field.WireType.MESSAGE) {
                        pending = pending.length == 0 ? new Pending[layout.size()] : pending;
                        pending[index] = Pending.add(pending[index], data, wire.offset(), wire.length());
                    } else {
                        values[index] = scalar(slot, data, wire);
                    }
                }
                case LIST -> {
                    if (leftOut != null && slot.value() == Field.WireType.MESSAGE && slot.messageType() == leftOut) {
                        continue;
                    }
                    ArrayNode array = values[index] instanceof ArrayNode known ? known : NODES.arrayNode();
                    values[index] = array;
                    array.add(slot.value() == Field.WireType.MESSAGE
                            ? message(slot.messageType(), wire.offset(), wire.length(), depth + 1)
                            : scalar(slot, data, wire));
                }
                case MAP -> {
                    ObjectNode map = values[index] instanceof ObjectNode known ? known : NODES.objectNode();
                    values[index] = map;
                    readEntry(slot, map, wire.offset(), wire.length(), depth);
                }
            }
        }
        for (int i = 0; i < values.length; i++) {
            finish(into, layout.slot(i), values[i], pending.length == 0 ? null : pending[i], depth);
        }
    }

    private void finish(ObjectNode into, Slot slot, @Nullable JsonNode value, @Nullable Pending parts, int depth) {
        if (slot.cardinality() == WireLayout.Cardinality.INLINE) {
            if (parts != null) {
                parts.reader(this).readFields(into, slot.inlineLayout(), parts.offset, parts.length, depth);
            } else if (slot.keptWhenAbsent()) {
                readFields(into, slot.inlineLayout(), 0, 0, depth);
            }
            return;
        }
        Field field = slot.jsonField();
        JsonNode found = value;
        if (parts != null) {
            if (slot.leftOutWhenZero() && parts.length == 0) {
                return;
            }
            found = parts.reader(this).message(slot.messageType(), parts.offset, parts.length, depth + 1);
            if (slot.leftOutWhenZero() && found.isNull()) {
                return;
            }
        } else if (found != null && slot.leftOutWhenZero() && isZero(found)) {
            return;
        }
        if (found != null) {
            into.set(field.name(), found);
        } else if (slot.keptWhenAbsent()) {
            into.set(field.name(), absent(slot, field, depth));
        }
    }

    private static boolean isZero(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> value.stringValue().isEmpty();
            case NUMBER -> value.doubleValue() == 0;
            case BOOLEAN -> !value.booleanValue();
            case ARRAY, OBJECT -> value.isEmpty();
            case NULL, MISSING, BINARY, POJO -> false;
        };
    }

    private JsonNode absent(Slot slot, Field field, int depth) {
        if (field.pointer() || slot.cardinality() != WireLayout.Cardinality.SINGLE
                || slot.value() == Field.WireType.BYTES) {
            return NODES.nullNode();
        }
        if (slot.value() == Field.WireType.MESSAGE) {
            ObjectType type = slot.messageType();
            return type.form() == ObjectType.Form.OBJECT
                    ? message(type, 0, 0, depth + 1)
                    : SpecialForms.zero(new Shape.Structure(type));
        }
        return SpecialForms.zero(field.shape());
    }

    private void readEntry(Slot slot, ObjectNode map, int offset, int length, int depth) {
        String key = "";
        JsonNode value = null;
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            if (wire.fieldNumber() == 1) {
                wire.require(WireReader.LENGTH_DELIMITED);
                key = text(data, wire);
            } else if (wire.fieldNumber() == 2) {
                wire.require(wireType(slot));
                value = slot.value() == Field.WireType.MESSAGE
                        ? message(slot.messageType(), wire.offset(), wire.length(), depth + 1)
                        : scalar(slot, data, wire);
            }
        }
        if (value == null) {
            value = slot.value() == Field.WireType.MESSAGE
                    ? message(slot.messageType(), 0, 0, depth + 1)
                    : scalarZero(slot);
        }
        map.set(key, value);
    }

    private static JsonNode scalarZero(Slot slot) {
        return slot.jsonField().shape() instanceof Shape.MapOf map
                ? SpecialForms.zero(map.value())
                : NODES.nullNode();
    }

    private static int wireType(Slot slot) {
        return switch (slot.cardinality()) {
            case INLINE, MAP -> WireReader.LENGTH_DELIMITED;
            case SINGLE, LIST -> valueWireType(slot);
        };
    }

    private static int valueWireType(Slot slot) {
        return switch (slot.value()) {
            case STRING, BYTES, MESSAGE -> WireReader.LENGTH_DELIMITED;
            case INT32, INT64, UINT32, UINT64, BOOL -> WireReader.VARINT;
            case DOUBLE -> WireReader.FIXED64;
        };
    }

    private static JsonNode scalar(Slot slot, byte[] data, WireReader wire) {
        return switch (slot.value()) {
            case STRING -> NODES.stringNode(text(data, wire));
            case BYTES -> NODES.stringNode(Base64.getEncoder()
                    .encodeToString(Arrays.copyOfRange(data, wire.offset(), wire.offset() + wire.length())));
            case INT32 -> NODES.numberNode((int) wire.varint());
            case UINT32 -> JsonReader.number(wire.varint() & 0xffff_ffffL);
            case INT64, UINT64 -> JsonReader.number(wire.varint());
            case BOOL -> NODES.booleanNode(wire.varint() != 0);
            case DOUBLE -> NODES.numberNode(Double.longBitsToDouble(wire.varint()));
            case MESSAGE -> throw new IllegalStateException("a message is no scalar");
        };
    }

    private static String text(byte[] data, WireReader wire) {
        return JsonText.decode(data, wire.offset(), wire.length());
    }

    private JsonNode message(ObjectType type, int offset, int length, int depth) {
        return switch (type.form()) {
            case OBJECT -> {
                ObjectNode object = NODES.objectNode();
                readFields(object, type.layout(), offset, length, depth);
                yield object;
            }
            case TIME, MICRO_TIME -> time(type.form(), offset, length);
            case DURATION -> NODES.stringNode(GoDuration.format(lastVarint(offset, length, 1)));
            case QUANTITY -> quantity(offset, length);
            case INT_OR_STRING -> {
                if (lastVarint(offset, length, 1) == 0) {
                    yield NODES.numberNode((int) lastVarint(offset, length, 2));
                }
                long place = WireReader.find(data, offset, length, 3);
                yield NODES.stringNode(place < 0 ? "" : text(place));
            }
            case RAW_JSON, RAW_OBJECT -> raw(offset, length);
            case WRAPPED_LIST -> strings(offset, length, 1);
            case SCHEMA_OR_ARRAY -> {
                ArrayNode schemas = schemas(type, offset, length, depth);
                yield schemas.isEmpty() ? schemaOrNull(type, offset, length, 1, depth) : schemas;
            }
            case SCHEMA_OR_BOOL -> {
                JsonNode schema = schemaOrNull(type, offset, length, 2, depth);
                yield schema.isNull() ? NODES.booleanNode(lastVarint(offset, length, 1) != 0) : schema;
            }
            case SCHEMA_OR_STRING_ARRAY -> {
                ArrayNode names = strings(offset, length, 2);
                yield names.isEmpty() ? schemaOrNull(type, offset, length, 1, depth) : names;
            }
            case PATCH_BODY -> throw new MalformedException("a patch has no protobuf form");
        };
    }

    private JsonNode time(ObjectType.Form form, int offset, int length) {
        if (length == 0) {
            return NODES.nullNode();
        }
        long seconds = lastVarint(offset, length, 1);
        int nanos = form == ObjectType.Form.TIME ? 0 : (int) lastVarint(offset, length, 2) / 1000 * 1000;
        if (seconds == Timestamps.ZERO_SECONDS && nanos == 0) {
            return NODES.nullNode();
        }
        return NODES.stringNode(form == ObjectType.Form.TIME
                ? Timestamps.formatSeconds(seconds)
                : Timestamps.formatMicro(seconds, nanos));
    }

    private JsonNode quantity(int offset, int length) {
        long place = WireReader.find(data, offset, length, 1);
        if (place < 0) {
            return NODES.stringNode("0");
        }
        try {
            return NODES.stringNode(Quantity.parse(text(place)).canonical());
        } catch (IllegalArgumentException wrong) {
            throw new MalformedException(String.valueOf(wrong.getMessage()));
        }
    }

    private long lastVarint(int offset, int length, int number) {
        long found = 0;
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            if (wire.fieldNumber() == number) {
                wire.require(WireReader.VARINT);
                found = wire.varint();
            }
        }
        return found;
    }

    private String text(long place) {
        return JsonText.decode(data, (int) (place >>> 32), (int) place);
    }

    private JsonNode raw(int offset, int length) {
        long place = WireReader.find(data, offset, length, 1);
        if (place < 0 || (int) place == 0) {
            return NODES.nullNode();
        }
        int from = (int) (place >>> 32);
        byte[] text = JsonText.repaired(Arrays.copyOfRange(data, from, from + (int) place));
        JsonNode tree;
        try {
            tree = RAW.readTree(text);
        } catch (JacksonException wrong) {
            throw new MalformedException("raw bytes are no JSON: " + wrong.getOriginalMessage());
        }
        if (!isFinite(tree)) {
            throw new MalformedException("raw bytes are no JSON: a number is out of range");
        }
        return tree;
    }

    /** Whether a tree has no number that is too large for Go's float64. */
    private static boolean isFinite(JsonNode node) {
        if (node.isNumber()) {
            return Double.isFinite(node.doubleValue());
        }
        for (JsonNode child : node) {
            if (!isFinite(child)) {
                return false;
            }
        }
        return true;
    }

    private ArrayNode strings(int offset, int length, int number) {
        ArrayNode strings = NODES.arrayNode();
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            if (wire.fieldNumber() == number) {
                wire.require(WireReader.LENGTH_DELIMITED);
                strings.add(text(data, wire));
            }
        }
        return strings;
    }

    private ArrayNode schemas(ObjectType type, int offset, int length, int depth) {
        ArrayNode schemas = NODES.arrayNode();
        WireReader wire = new WireReader(data, offset, length);
        while (wire.next()) {
            if (wire.fieldNumber() == 2) {
                wire.require(WireReader.LENGTH_DELIMITED);
                schemas.add(message(type.schema(), wire.offset(), wire.length(), depth + 1));
            }
        }
        return schemas;
    }

    private JsonNode schemaOrNull(ObjectType type, int offset, int length, int number, int depth) {
        long place = WireReader.find(data, offset, length, number);
        return place < 0
                ? NODES.nullNode()
                : message(type.schema(), (int) (place >>> 32), (int) place, depth + 1);
    }

    /** The content of a single message that may have come in several parts, which protobuf takes as one. */
    private static final class Pending {
        private final byte[] source;
        private int offset;
        private int length;
        private @Nullable ByteArraySink joined;

        private Pending(byte[] source, int offset, int length) {
            this.source = source;
            this.offset = offset;
            this.length = length;
        }

        static Pending add(@Nullable Pending known, byte[] source, int offset, int length) {
            if (known == null) {
                return new Pending(source, offset, length);
            }
            ByteArraySink sink = known.joined;
            if (sink == null) {
                sink = new ByteArraySink(2 * (known.length + length));
                sink.write(known.source, known.offset, known.length);
                known.joined = sink;
                known.offset = 0;
            }
            sink.write(source, offset, length);
            known.length = sink.size();
            return known;
        }

        /** A reader whose array the place of this content refers to. */
        ProtobufReader reader(ProtobufReader outer) {
            return joined == null ? outer : new ProtobufReader(joined.toByteArray(), joined.size(), outer.leftOut);
        }
    }
}
