package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Protobuf written from its end to its beginning, as gogo's encoder does: when a message's length is due, its content
 * already stands there, so nothing is measured beforehand. Not safe for threads.
 */
final class ReverseBuffer {
    private byte[] bytes;
    private int start;

    ReverseBuffer(int capacity) {
        bytes = new byte[capacity];
        start = capacity;
    }

    /** The number of bytes written. */
    int size() {
        return bytes.length - start;
    }

    byte[] toByteArray() {
        return Arrays.copyOfRange(bytes, start, bytes.length);
    }

    void tag(int number, int wireType) {
        varint((long) number << 3 | wireType);
    }

    /** The length of what was written since {@code size() == end}, then the tag. */
    void lengthAndTag(int end, int number) {
        varint(size() - end);
        tag(number, WireReader.LENGTH_DELIMITED);
    }

    void varint(long value) {
        int length = varintLength(value);
        reserve(length);
        start -= length;
        int at = start;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at] = (byte) rest;
    }

    void fixed64(long value) {
        reserve(8);
        start -= 8;
        for (int i = 0; i < 8; i++) {
            bytes[start + i] = (byte) (value >>> 8 * i);
        }
    }

    void raw(byte[] source) {
        reserve(source.length);
        start -= source.length;
        System.arraycopy(source, 0, bytes, start, source.length);
    }

    void text(String text) {
        raw(text.getBytes(StandardCharsets.UTF_8));
    }

    static int varintLength(long value) {
        return (63 - Long.numberOfLeadingZeros(value | 1)) / 7 + 1;
    }

    private void reserve(int length) {
        if (start < length) {
            int used = size();
            long wanted = Math.max(2L * bytes.length, (long) used + length);
            byte[] larger = new byte[(int) Math.min(Integer.MAX_VALUE - 16, wanted)];
            if (larger.length - used < length) {
                throw new MalformedException("more than " + larger.length + " bytes of output");
            }
            System.arraycopy(bytes, start, larger, larger.length - used, used);
            bytes = larger;
            start = larger.length - used;
        }
    }
}
