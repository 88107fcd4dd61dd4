package io.myriad.api.codec;

import java.util.Arrays;
import java.util.List;

import io.myriad.api.schema.Field;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.WireLayout;
import io.myriad.api.schema.WireLayout.Slot;
import io.myriad.api.value.GoDuration;
import io.myriad.api.value.Quantity;
import io.myriad.api.value.Timestamps;

/**
 * Writes one regular message as JSON, field by field. Every member, list element and map entry is written with a comma in
 * front; when an object ends, the comma of its first member becomes the opening brace. Fields come in ascending order, so
 * a field that JSON must show although the message lacks it is written when a higher number, or the end, comes by: the
 * layout lists those slots in order.
 */
final class MessageTranscoder extends RegularWire {
    private static final ObjectType QUANTITY = new ObjectType("quantity");

    static {
        QUANTITY.complete(ObjectType.Form.QUANTITY, List.of(), false, false, null);
    }

    private final ByteArraySink out;

    MessageTranscoder(byte[] in, ByteArraySink out) {
        super(in);
        this.out = out;
    }

    void close(int start, char opening, char closing) {
        if (out.size() == start) {
            out.write(opening);
        } else {
            out.array()[start] = (byte) opening;
        }
        out.write(closing);
    }

    void members(WireLayout layout, int from, int to, int depth) {
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
}
