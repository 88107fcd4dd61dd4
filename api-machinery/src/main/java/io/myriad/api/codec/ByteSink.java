package io.myriad.api.codec;

/** Takes bytes in order. Implementations need not be safe for threads. */
public interface ByteSink {
    /** Takes {@code length} bytes of the array, which the caller may change afterwards. */
    void write(byte[] bytes, int offset, int length);

    /** Takes one byte, the low eight bits of {@code b}. */
    void write(int b);
}
