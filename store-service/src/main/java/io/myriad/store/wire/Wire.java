package io.myriad.store.wire;

/** Sizes and encodings of protocol-buffer wire values. */
public final class Wire {

    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int LENGTH_DELIMITED = 2;
    public static final int FIXED32 = 5;

    private Wire() {}

    /** The tag of a field: its number and wire type. */
    public static int tag(int fieldNumber, int wireType) {
        return fieldNumber << 3 | wireType;
    }

    /** Bytes that {@code value} takes as a varint, 1 to 10; negative values take 10. */
    public static int varintSize(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Writes a varint at {@code position} and returns the position after it. */
    public static int putVarint(byte[] target, int position, long value) {
        long rest = value;
        int at = position;
        while ((rest & ~0x7FL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    /** Size of a varint field with a one-byte tag; 0 if the value is 0, which proto3 leaves out. */
    public static int varintFieldSize(long value) {
        return value == 0 ? 0 : 1 + varintSize(value);
    }

    /** Writes a varint field with a one-byte tag, or nothing when the value is 0. */
    public static int putVarintField(byte[] target, int position, int fieldNumber, long value) {
        if (value == 0) {
            return position;
        }
        target[position] = (byte) tag(fieldNumber, VARINT);
        return putVarint(target, position + 1, value);
    }

    /** Size of a length-delimited field with a one-byte tag. */
    public static int bytesFieldSize(int length) {
        return 1 + varintSize(length) + length;
    }

    /** Writes a length-delimited field with a one-byte tag. */
    public static int putBytesField(byte[] target, int position, int fieldNumber, byte[] source, int offset,
            int length) {
        int at = putLengthPrefix(target, position, fieldNumber, length);
        System.arraycopy(source, offset, target, at, length);
        return at + length;
    }

    /** Writes the tag and length of a length-delimited field, one-byte tag. */
    public static int putLengthPrefix(byte[] target, int position, int fieldNumber, int length) {
        target[position] = (byte) tag(fieldNumber, LENGTH_DELIMITED);
        return putVarint(target, position + 1, length);
    }
}
