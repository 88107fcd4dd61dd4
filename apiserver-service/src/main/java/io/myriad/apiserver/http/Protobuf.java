package io.myriad.apiserver.http;

import io.myriad.api.codec.ByteSink;

/** The few protobuf primitives that framing needs. */
final class Protobuf {
    private static final int LENGTH_DELIMITED = 2;

    private Protobuf() {}

    /** The tag of a length-delimited field with a number below 16. */
    static int lengthDelimitedTag(int field) {
        return field << 3 | LENGTH_DELIMITED;
    }

    static void varint(long value, ByteSink out) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** How many bytes {@link #varint} writes. */
    static int varintSize(long value) {
        return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    /** How many bytes a length-delimited field with a number below 16 takes. */
    static long fieldSize(long length) {
        return 1 + varintSize(length) + length;
    }
}
