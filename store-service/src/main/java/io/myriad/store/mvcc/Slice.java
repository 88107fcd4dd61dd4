package io.myriad.store.mvcc;

import java.util.Arrays;

/** A part of a byte array that is shared and never modified. */
public record Slice(byte[] array, int offset, int length) {

    public static final Slice EMPTY = new Slice(new byte[0], 0, 0);

    public static Slice of(byte[] bytes) {
        return new Slice(bytes, 0, bytes.length);
    }

    public byte[] toBytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** Order of the contents, bytes unsigned. */
    public int compareTo(Slice other) {
        return Arrays.compareUnsigned(array, offset, offset + length, other.array, other.offset,
                other.offset + other.length);
    }
}
