package io.myriad.api.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
 * Turns a protobuf message into JSON while walking it once; nothing is built in between and nothing allocated per field.
 * The result is what {@link ProtobufReader} and {@link JsonWriter} give, except that raw JSON within the object keeps its
 * spelling of numbers and texts, as upstream's does.
 *
 * <p>
 * <b>How.</b> Every member, list element and map entry is written with a comma in front; when an object ends, the comma of
 * its first member becomes the opening brace. Fields come in ascending order, so a field that JSON must show although the
 * message lacks it is written when a higher number, or the end, comes by: the layout lists those slots in order.
 *
 * <p>
 * <b>Irregular messages</b> (fields out of order, a single field twice, unsorted maps, groups, wrong wire types, depth)
 * are given up at the first sign, what was written is taken back, and the tree's reader decides: it either reads them as
 * protobuf demands or says what is wrong. Encoders that follow upstream write none.
 */
public final class ProtobufToJson {
    private static final byte[] KIND_KEY = {',', '"', 'k', 'i', 'n', 'd', '"', ':'};
    private static final byte[] API_VERSION_KEY = {',', '"', 'a', 'p', 'i', 'V', 'e', 'r', 's', 'i', 'o', 'n', '"',
            ':'};
    /** A scratch buffer that grew larger than this is not kept. */
    private static final int MAX_KEPT_SCRATCH_BYTES = 1 << 20;
    private static final int FIRST_SCRATCH_BYTES = 16 << 10;
    private static final ThreadLocal<ByteArraySink> SCRATCH = ThreadLocal
            .withInitial(() -> new ByteArraySink(FIRST_SCRATCH_BYTES));

    private final byte[] in;
    private final ByteArraySink out;
    private int at;

    private ProtobufToJson(byte[] in, ByteArraySink out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Writes the message as a JSON object.
     *
     * @param apiVersion written into the object unless empty, as for the items of lists
     * @param kind written into the object unless empty
     * @param out takes the whole object, or nothing
     * @throws MalformedException when the bytes are no such message
     */
    public static void transcode(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind,
            ByteSink out) {
        if (out instanceof ByteArraySink array) {
            write(message, offset, length, type, apiVersion, kind, array);
            return;
        }
        ByteArraySink scratch = SCRATCH.get();
        scratch.size(0);
        write(message, offset, length, type, apiVersion, kind, scratch);
        out.write(scratch.array(), 0, scratch.size());
        if (scratch.array().length > MAX_KEPT_SCRATCH_BYTES) {
            SCRATCH.remove();
        }
    }

    private static void write(byte[] message, int offset, int length, ObjectType type, String apiVersion, String kind,
            ByteArraySink out) {
        Objects.checkFromIndexSize(offset, length, message.length);
        int start = out.size();
        try {
            if (!writeRegular(message, offset, length, type, apiVersion, kind, out)) {
                out.size(start);
                writeViaTree(message, offset, length, type, apiVersion, kind, out);
            }
        } catch (RuntimeException failure) {
            out.size(start);
            throw failure;
        }
    }

    /** Returns whether the message was regular; otherwise the output is of no use. */
    private static boolean writeRegular(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind, ByteArraySink out) {
        int start = out.size();
        try {
            head(apiVersion, kind, out);
            ProtobufToJson transcoder = new ProtobufToJson(message, out);
            transcoder.members(type.layout(), offset, offset + length, 0);
            transcoder.close(start, '{', '}');
            return true;
        } catch (IrregularException irregular) {
            return false;
        }
    }

    private static void writeViaTree(byte[] message, int offset, int length, ObjectType type, String apiVersion,
            String kind, ByteArraySink out) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        if (!kind.isEmpty()) {
            object.put("kind", kind);
        }
        if (!apiVersion.isEmpty()) {
            object.put("apiVersion", apiVersion);
        }
        object.setAll(ProtobufReader.read(message, offset, length, type));
        JsonWriter.writeNode(object, out, 0);
    }

    private static void head(String apiVersion, String kind, ByteArraySink out) {
        if (!kind.isEmpty()) {
            out.write(KIND_KEY, 0, KIND_KEY.length);
            JsonText.writeString(kind, out);
        }
        if (!apiVersion.isEmpty()) {
            out.write(API_VERSION_KEY, 0, API_VERSION_KEY.length);
            JsonText.writeString(apiVersion, out);
        }
    }

    /** A message that this class leaves to the tree's reader. */
    private static final class IrregularException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final IrregularException INSTANCE = new IrregularException();

        private IrregularException() {
            super("irregular message", null, false, false);
        }
    }

    private void close(int start, char opening, char closing) {
        if (out.size() == start) {
            out.write(opening);
        } else {
            out.array()[start] = (byte) opening;
        }
        out.write(closing);
    }

    private void members(WireLayout layout, int from, int to, int depth) {
        if (depth > CodecLimits.MAX_DEPTH) {
            throw IrregularException.INSTANCE;
        }
        at = from;
        int last = -1;
        int kept = 0;
        int keptSize = layout.keptSize();
        while (at < to) {
            int tag = varint32(to);
            int index = layout.index(tag >>> 3);
            if (index < 0) {
                skip(tag, to);
                continue;
            }
            if (index <= last) {
                throw IrregularException.INSTANCE;
            }
            while (kept < keptSize && layout.kept(kept) <= index) {
                int due = layout.kept(kept++);
                if (due < index) {
                    int resume = at;
                    absent(layout.slot(due), depth);
                    at = resume;
                }
            }
            last = index;
            field(layout.slot(index), tag, to, depth);
        }
        if (at != to) {
            throw IrregularException.INSTANCE;
        }
        while (kept < keptSize) {
            absent(layout.slot(layout.kept(kept++)), depth);
        }
        at = to;
    }

    private void field(Slot slot, int tag, int to, int depth) {
        switch (slot.cardinality()) {
            case SINGLE -> single(slot, tag & 7, to, depth);
            case LIST -> list(slot, tag, to, depth);
            case MAP -> map(slot, tag, to, depth);
            case INLINE -> {
                require(tag & 7, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                members(slot.inlineLayout(), at, at + length, depth);
            }
        }
    }

    private void single(Slot slot, int wireType, int to, int depth) {
        boolean leftOutWhenZero = slot.leftOutWhenZero();
        switch (slot.value()) {
            case STRING -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                if (length > 0 || !leftOutWhenZero) {
                    key(slot);
                    JsonText.writeString(in, at, length, out);
                    at += length;
                }
            }
            case BYTES -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                if (length > 0 || !leftOutWhenZero) {
                    key(slot);
                    JsonText.writeBase64(in, at, length, out);
                    at += length;
                }
            }
            case INT32, INT64, UINT32, UINT64 -> {
                require(wireType, WireReader.VARINT);
                long value = integer(slot, to);
                if (value != 0 || !leftOutWhenZero) {
                    key(slot);
                    JsonText.writeLong(value, out);
                }
            }
            case BOOL -> {
                require(wireType, WireReader.VARINT);
                boolean value = varint64(to) != 0;
                if (value || !leftOutWhenZero) {
                    key(slot);
                    bool(value);
                }
            }
            case DOUBLE -> {
                require(wireType, WireReader.FIXED64);
                double value = fixed64(to);
                if (value != 0 || !leftOutWhenZero) {
                    key(slot);
                    JsonText.writeDouble(value, out);
                }
            }
            case MESSAGE -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                int before = out.size();
                key(slot);
                int value = out.size();
                message(slot.messageType(), at, at + length, depth + 1);
                if (leftOutWhenZero && out.array()[value] == 'n') {
                    out.size(before);
                }
            }
        }
    }

    private void list(Slot slot, int tag, int to, int depth) {
        key(slot);
        int start = out.size();
        int end = at;
        int next = tag;
        while (true) {
            out.write(',');
            element(slot, next & 7, to, depth);
            end = at;
            if (at >= to) {
                break;
            }
            next = varint32(to);
            if (next != tag) {
                break;
            }
        }
        at = end;
        close(start, '[', ']');
    }

    private void map(Slot slot, int tag, int to, int depth) {
        require(tag & 7, WireReader.LENGTH_DELIMITED);
        key(slot);
        int start = out.size();
        int lastKey = -1;
        int lastKeyLength = 0;
        while (true) {
            int length = length(to);
            int end = at + length;
            int keyOffset = at;
            int keyLength = 0;
            if (at < end && in[at] == (1 << 3 | WireReader.LENGTH_DELIMITED)) {
                at++;
                keyLength = length(end);
                keyOffset = at;
                at += keyLength;
            }
            if (lastKey >= 0 && Arrays.compareUnsigned(in, lastKey, lastKey + lastKeyLength, in, keyOffset,
                    keyOffset + keyLength) >= 0) {
                throw IrregularException.INSTANCE;
            }
            lastKey = keyOffset;
            lastKeyLength = keyLength;
            out.write(',');
            JsonText.writeString(in, keyOffset, keyLength, out);
            out.write(':');
            if (at < end && in[at] >>> 3 == 2) {
                int wireType = in[at++] & 7;
                element(slot, wireType, end, depth);
            } else {
                zeroElement(slot, depth);
            }
            if (at != end) {
                throw IrregularException.INSTANCE;
            }
            if (at >= to) {
                break;
            }
            int next = varint32(to);
            if (next != tag) {
                at = end;
                break;
            }
        }
        close(start, '{', '}');
    }

    private void element(Slot slot, int wireType, int to, int depth) {
        switch (slot.value()) {
            case STRING -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                JsonText.writeString(in, at, length, out);
                at += length;
            }
            case BYTES -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                JsonText.writeBase64(in, at, length, out);
                at += length;
            }
            case INT32, INT64, UINT32, UINT64 -> {
                require(wireType, WireReader.VARINT);
                JsonText.writeLong(integer(slot, to), out);
            }
            case BOOL -> {
                require(wireType, WireReader.VARINT);
                bool(varint64(to) != 0);
            }
            case DOUBLE -> {
                require(wireType, WireReader.FIXED64);
                JsonText.writeDouble(fixed64(to), out);
            }
            case MESSAGE -> {
                require(wireType, WireReader.LENGTH_DELIMITED);
                int length = length(to);
                message(slot.messageType(), at, at + length, depth + 1);
            }
        }
    }

    /** The value of a map's entry that has none. */
    private void zeroElement(Slot slot, int depth) {
        int resume = at;
        switch (slot.value()) {
            case STRING, BYTES -> JsonText.writeAscii("\"\"", out);
            case INT32, INT64, UINT32, UINT64, DOUBLE -> out.write('0');
            case BOOL -> bool(false);
            case MESSAGE -> message(slot.messageType(), 0, 0, depth + 1);
        }
        at = resume;
    }

    private void absent(Slot slot, int depth) {
        if (slot.cardinality() == WireLayout.Cardinality.INLINE) {
            members(slot.inlineLayout(), 0, 0, depth);
            return;
        }
        key(slot);
        if (slot.jsonField().pointer() || slot.cardinality() != WireLayout.Cardinality.SINGLE) {
            JsonText.writeAscii("null", out);
        } else if (slot.value() == Field.WireType.BYTES || slot.value() == Field.WireType.MESSAGE
                && slot.messageType().form() == ObjectType.Form.WRAPPED_LIST) {
            JsonText.writeAscii("null", out);
        } else {
            zeroElement(slot, depth);
        }
    }

    private void message(ObjectType type, int from, int to, int depth) {
        switch (type.form()) {
            case OBJECT -> {
                int start = out.size();
                members(type.layout(), from, to, depth);
                close(start, '{', '}');
            }
            case TIME, MICRO_TIME -> time(type.form(), from, to);
            case QUANTITY -> quantity(from, to);
            case INT_OR_STRING -> intOrString(from, to);
            case RAW_JSON, RAW_OBJECT -> raw(from, to);
            case DURATION -> {
                long nanos = 0;
                at = from;
                if (at < to) {
                    require(varint32(to), 1 << 3 | WireReader.VARINT);
                    nanos = varint64(to);
                }
                JsonText.writeString(GoDuration.format(nanos), out);
                require(at, to);
            }
            case WRAPPED_LIST, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRING_ARRAY, PATCH_BODY -> JsonWriter
                    .writeNode(ProtobufReader.readValue(in, from, to - from, type), out, depth);
        }
        at = to;
    }

    private void time(ObjectType.Form form, int from, int to) {
        long seconds = 0;
        int nanos = 0;
        at = from;
        if (at < to && in[at] == (1 << 3 | WireReader.VARINT)) {
            at++;
            seconds = varint64(to);
        }
        if (at < to && in[at] == (2 << 3 | WireReader.VARINT)) {
            at++;
            nanos = (int) varint64(to) / 1000 * 1000;
        }
        require(at, to);
        boolean micro = form == ObjectType.Form.MICRO_TIME;
        if (from == to || seconds == Timestamps.ZERO_SECONDS && (!micro || nanos == 0)) {
            JsonText.writeAscii("null", out);
            return;
        }
        out.write('"');
        out.reserve(Timestamps.MAX_TEXT_BYTES);
        out.size(micro
                ? Timestamps.writeMicros(seconds, nanos, out.array(), out.size())
                : Timestamps.writeSeconds(seconds, out.array(), out.size()));
        out.write('"');
    }

    private void quantity(int from, int to) {
        at = from;
        if (from == to) {
            JsonText.writeAscii("\"0\"", out);
            return;
        }
        require(varint32(to), 1 << 3 | WireReader.LENGTH_DELIMITED);
        int length = length(to);
        require(at + length, to);
        if (Quantity.isSurelyCanonical(in, at, length)) {
            JsonText.writeString(in, at, length, out);
        } else {
            JsonWriter.writeNode(ProtobufReader.readValue(in, from, to - from, QUANTITY), out, 0);
        }
    }

    private static final ObjectType QUANTITY = new ObjectType("quantity");

    static {
        QUANTITY.complete(ObjectType.Form.QUANTITY, List.of(), false, false, null);
    }

    private void intOrString(int from, int to) {
        long isText = 0;
        long number = 0;
        int text = from;
        int textLength = 0;
        at = from;
        int last = 0;
        while (at < to) {
            int tag = varint32(to);
            if (tag <= last) {
                throw IrregularException.INSTANCE;
            }
            last = tag;
            if (tag == (1 << 3 | WireReader.VARINT)) {
                isText = varint64(to);
            } else if (tag == (2 << 3 | WireReader.VARINT)) {
                number = (int) varint64(to);
            } else if (tag == (3 << 3 | WireReader.LENGTH_DELIMITED)) {
                textLength = length(to);
                text = at;
                at += textLength;
            } else {
                throw IrregularException.INSTANCE;
            }
        }
        if (isText == 0) {
            JsonText.writeLong(number, out);
        } else {
            JsonText.writeString(in, text, textLength, out);
        }
    }

    private void raw(int from, int to) {
        at = from;
        int length = 0;
        if (from < to) {
            require(varint32(to), 1 << 3 | WireReader.LENGTH_DELIMITED);
            length = length(to);
            require(at + length, to);
        }
        if (length == 0) {
            JsonText.writeAscii("null", out);
        } else {
            RawJson.compact(in, at, length, out);
        }
    }

    private void key(Slot slot) {
        out.writePadded(slot.key(), slot.keyLength());
    }

    private void bool(boolean value) {
        JsonText.writeAscii(value ? "true" : "false", out);
    }

    private long integer(Slot slot, int to) {
        long value = varint64(to);
        return switch (slot.value()) {
            case INT32 -> (int) value;
            case UINT32 -> value & 0xffff_ffffL;
            case INT64, UINT64, STRING, BYTES, BOOL, DOUBLE, MESSAGE -> value;
        };
    }

    private double fixed64(int to) {
        if (to - at < 8) {
            throw IrregularException.INSTANCE;
        }
        long bits = 0;
        for (int i = 7; i >= 0; i--) {
            bits = bits << 8 | in[at + i] & 0xff;
        }
        at += 8;
        return Double.longBitsToDouble(bits);
    }

    private static void require(int found, int expected) {
        if (found != expected) {
            throw IrregularException.INSTANCE;
        }
    }

    private int length(int to) {
        int length = varint32(to);
        if (length > to - at) {
            throw IrregularException.INSTANCE;
        }
        return length;
    }

    private int varint32(int to) {
        if (at < to) {
            byte b = in[at];
            if (b >= 0) {
                at++;
                return b;
            }
        }
        long value = varint64(to);
        if (value != (value & Integer.MAX_VALUE)) {
            throw IrregularException.INSTANCE;
        }
        return (int) value;
    }

    private long varint64(int to) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= to) {
                throw IrregularException.INSTANCE;
            }
            byte b = in[at++];
            result |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw IrregularException.INSTANCE;
    }

    private void skip(int tag, int to) {
        if (tag >>> 3 == 0) {
            throw IrregularException.INSTANCE;
        }
        switch (tag & 7) {
            case WireReader.VARINT -> varint64(to);
            case WireReader.FIXED64 -> fixed64(to);
            case WireReader.LENGTH_DELIMITED -> {
                int length = length(to);
                at += length;
            }
            case WireReader.FIXED32 -> {
                if (to - at < 4) {
                    throw IrregularException.INSTANCE;
                }
                at += 4;
            }
            default -> throw IrregularException.INSTANCE;
        }
    }
}
