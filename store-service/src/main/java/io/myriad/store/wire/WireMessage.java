package io.myriad.store.wire;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A message ready to be sent: it knows its size and writes itself. What it is made of may be shared, immutable bytes, so that nothing is copied before the
 * transport's own buffer.
 */
public interface WireMessage {

    /** Size in bytes; the same at every call. */
    int size();

    /** Writes exactly {@link #size()} bytes. */
    void writeTo(OutputStream out) throws IOException;

    /** A message that is an array, not copied. */
    static WireMessage of(byte[] bytes) {
        return new Bytes(bytes);
    }

    /** A message held as one array. */
    record Bytes(byte[] bytes) implements WireMessage {
        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }
}
