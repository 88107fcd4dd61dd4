package io.myriad.api.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing array of bytes. Not safe for threads. */
public final class ByteArraySink implements ByteSink {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_SIZE_BYTES = Integer.MAX_VALUE - 16;

    private byte[] bytes;
    private int size;

    public ByteArraySink() {
        this(256);
    }

    /** A sink that takes {@code capacity} bytes before it grows. */
    public ByteArraySink(int capacity) {
        bytes = new byte[Math.max(16, capacity)];
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    @Override
    public void write(int b) {
        if (size == bytes.length) {
            grow(1);
        }
        bytes[size++] = (byte) b;
    }

    /** Takes {@code length} bytes of an array whose length is a multiple of eight: faster than a copy for short ones. */
    void writePadded(byte[] padded, int length) {
        reserve(padded.length);
        for (int i = 0; i < padded.length; i += 8) {
            LONGS.set(bytes, size + i, (long) LONGS.get(padded, i));
        }
        size += length;
    }

    /** Makes room, so that {@link #array()} has at least {@code length} bytes behind {@link #size()}. */
    public void reserve(int length) {
        if (bytes.length - size < length) {
            grow(length);
        }
    }

    /** The array behind this sink; it changes when the sink grows. */
    public byte[] array() {
        return bytes;
    }

    /** The number of bytes taken. */
    public int size() {
        return size;
    }

    /** Forgets, or accounts for, bytes behind {@code size}; it must lie within the array. */
    public void size(int newSize) {
        if (newSize < 0 || newSize > bytes.length) {
            throw new IllegalArgumentException("size " + newSize + " of " + bytes.length);
        }
        size = newSize;
    }

    /** A copy of the bytes taken. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void grow(int length) {
        long needed = (long) size + length;
        if (needed > MAX_SIZE_BYTES) {
            throw new MalformedException("more than " + MAX_SIZE_BYTES + " bytes of output");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_SIZE_BYTES, Math.max(needed, 2L * bytes.length)));
    }
}
