package io.myriad.store.wire;

import java.util.Arrays;

/**
 * A cursor over the fields of one message in a byte array.
 *
 * <pre>{@code
 * WireReader reader = new WireReader(bytes);
 * for (int field; (field = reader.nextField()) != 0;) {
 *     switch (field) {
 *     case 1 -> key = reader.bytes();
 *     default -> reader.skip();
 *     }
 * }
 * }</pre>
 *
 * Every read checks bounds; malformed input throws {@link WireFormatException}, never anything else.
 */
public final class WireReader {

    private final byte[] buffer;
    private final int limit;
    private int position;
    private int wireType;
    private int length;

    public WireReader(byte[] buffer) {
        this(buffer, 0, buffer.length);
    }

    public WireReader(byte[] buffer, int offset, int length) {
        this.buffer = buffer;
        this.position = offset;
        this.limit = offset + length;
    }

    /** Moves to the next field and returns its number, or 0 at the end. The previous field's value must have been read or skipped. */
    public int nextField() {
        if (position == limit) {
            return 0;
        }
        long tag = readVarint();
        wireType = (int) tag & 7;
        long number = tag >>> 3;
        if (number == 0 || number > 0x1FFFFFFF) {
            throw new WireFormatException("invalid field number " + number);
        }
        if (wireType == Wire.LENGTH_DELIMITED) {
            long declared = readVarint();
            if (declared < 0 || declared > limit - position) {
                throw new WireFormatException("length " + declared + " exceeds the message");
            }
            length = (int) declared;
        }
        return (int) number;
    }

    /** Where in the array the next field begins, once the current one's value was read or skipped. */
    public int position() {
        return position;
    }

    /** Value of the current varint field. */
    public long varint() {
        expect(Wire.VARINT);
        return readVarint();
    }

    public boolean bool() {
        return varint() != 0;
    }

    /** Offset in the underlying array of the current length-delimited field's content; read before {@link #advance}. */
    public int contentOffset() {
        expect(Wire.LENGTH_DELIMITED);
        return position;
    }

    /** Length in bytes of the current length-delimited field's content. */
    public int contentLength() {
        return length;
    }

    /** Steps over the current length-delimited field's content. */
    public void advance() {
        expect(Wire.LENGTH_DELIMITED);
        position += length;
    }

    /** A copy of the current length-delimited field's content. */
    public byte[] bytes() {
        int from = contentOffset();
        position += length;
        return Arrays.copyOfRange(buffer, from, from + length);
    }

    /** A reader over the current length-delimited field's content, which this reader steps over. */
    public WireReader message() {
        int from = contentOffset();
        position += length;
        return new WireReader(buffer, from, length);
    }

    /** The underlying array, not a copy. */
    public byte[] array() {
        return buffer;
    }

    /** Steps over the current field's value. */
    public void skip() {
        switch (wireType) {
            case Wire.VARINT -> readVarint();
            case Wire.FIXED64 -> jump(8);
            case Wire.LENGTH_DELIMITED -> jump(length);
            case Wire.FIXED32 -> jump(4);
            default -> throw new WireFormatException("unsupported wire type " + wireType);
        }
    }

    private void jump(int bytes) {
        if (bytes > limit - position) {
            throw new WireFormatException("truncated message");
        }
        position += bytes;
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw new WireFormatException("wire type " + wireType + " where " + expected + " was expected");
        }
    }

    private long readVarint() {
        long result = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position == limit) {
                throw new WireFormatException("truncated message");
            }
            byte next = buffer[position++];
            result |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw new WireFormatException("varint longer than 10 bytes");
    }
}
