package io.myriad.api.codec;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Walks the fields of a protobuf message in place. {@link #next()} goes to the next field and reads its value's place;
 * the accessors then describe that field. Groups are skipped. Not safe for threads.
 *
 * <pre>{@code
 * WireReader reader = new WireReader(bytes, offset, length);
 * while (reader.next()) {
 *     if (reader.fieldNumber() == 1 && reader.wireType() == WireReader.LENGTH_DELIMITED) {
 *         use(bytes, reader.offset(), reader.length());
 *     }
 * }
 * }</pre>
 */
public final class WireReader {
    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int LENGTH_DELIMITED = 2;
    static final int GROUP_START = 3;
    static final int GROUP_END = 4;
    public static final int FIXED32 = 5;

    private final byte[] data;
    private final int limit;
    private int position;
    private int fieldNumber;
    private int wireType;
    private int fieldOffset;
    private int offset;
    private long value;

    /** A reader of the message in {@code data[offset, offset + length)}. */
    public WireReader(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        this.data = data;
        this.position = offset;
        this.limit = offset + length;
    }

    /**
     * Goes to the next field.
     *
     * @return false at the end of the message
     * @throws MalformedException when the bytes are no message
     */
    public boolean next() {
        while (position < limit) {
            fieldOffset = position;
            long tag = readVarint();
            wireType = (int) tag & 7;
            long number = tag >>> 3;
            if (number < 1 || number > 0x1fffffff) {
                throw new MalformedException("proto: illegal tag " + number + " (wire type " + wireType + ")");
            }
            fieldNumber = (int) number;
            switch (wireType) {
                case VARINT -> {
                    offset = position;
                    value = readVarint();
                }
                case FIXED64 -> fixed(8);
                case LENGTH_DELIMITED -> {
                    long length = readVarint();
                    if (length < 0 || length > limit - position) {
                        throw length < 0
                                ? new MalformedException("proto: negative length found during unmarshaling")
                                : MalformedException.truncated();
                    }
                    offset = position;
                    position += (int) length;
                }
                case GROUP_START -> {
                    skipGroup();
                    continue;
                }
                case FIXED32 -> fixed(4);
                case GROUP_END -> throw new MalformedException("proto: wiretype end group for non-group");
                default -> throw new MalformedException("proto: illegal wireType " + wireType);
            }
            return true;
        }
        return false;
    }

    private void fixed(int size) {
        if (limit - position < size) {
            throw MalformedException.truncated();
        }
        offset = position;
        long read = 0;
        for (int i = size - 1; i >= 0; i--) {
            read = read << 8 | data[position + i] & 0xff;
        }
        value = read;
        position += size;
    }

    private void skipGroup() {
        int depth = 1;
        while (depth > 0) {
            long tag = readVarint();
            switch ((int) tag & 7) {
                case VARINT -> readVarint();
                case FIXED64 -> skip(8);
                case LENGTH_DELIMITED -> skip(readVarint());
                case GROUP_START -> depth++;
                case GROUP_END -> depth--;
                case FIXED32 -> skip(4);
                default -> throw new MalformedException("proto: illegal wireType " + (tag & 7));
            }
        }
    }

    private void skip(long length) {
        if (length < 0 || length > limit - position) {
            throw MalformedException.truncated();
        }
        position += (int) length;
    }

    private long readVarint() {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position >= limit) {
                throw MalformedException.truncated();
            }
            byte b = data[position++];
            result |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw new MalformedException("proto: integer overflow");
    }

    /** The field's number. */
    public int fieldNumber() {
        return fieldNumber;
    }

    /** The field's wire type. */
    public int wireType() {
        return wireType;
    }

    /** Where the field's tag begins. */
    public int fieldOffset() {
        return fieldOffset;
    }

    /** Where the value begins: behind the length of a length-delimited field. */
    public int offset() {
        return offset;
    }

    /** How many bytes the value has. */
    public int length() {
        return position - offset;
    }

    /** Where the next field begins. */
    public int end() {
        return position;
    }

    /** The value of a varint or fixed field. */
    public long varint() {
        return value;
    }

    /** Refuses a field of another wire type than {@code expected}. */
    public void require(int expected) {
        if (wireType != expected) {
            throw new MalformedException("proto: wrong wireType = " + wireType + " for field " + fieldNumber);
        }
    }

    /** A part of an array of bytes. */
    public record Slice(byte[] data, int offset, int length) {}

    /**
     * The bytes of the length-delimited field that {@code path} leads to, or null where a message lacks it; the last
     * occurrence counts.
     *
     * @param path field numbers, outermost first
     */
    public static @Nullable Slice find(byte[] data, int offset, int length, int... path) {
        int from = offset;
        int size = length;
        for (int number : path) {
            long found = find(data, from, size, number);
            if (found < 0) {
                return null;
            }
            from = (int) (found >>> 32);
            size = (int) found;
        }
        return new Slice(data, from, size);
    }

    /** The place of the last length-delimited field of this number: offset in the high, length in the low half; or -1. */
    static long find(byte[] data, int offset, int length, int number) {
        WireReader reader = new WireReader(data, offset, length);
        long found = -1;
        while (reader.next()) {
            if (reader.fieldNumber == number && reader.wireType == LENGTH_DELIMITED) {
                found = (long) reader.offset << 32 | reader.length();
            }
        }
        return found;
    }
}
