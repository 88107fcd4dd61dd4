package io.myriad.control.client;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of chunks into newline-terminated frames. A frame that lies whole in one chunk is handed out without
 * being copied twice; only what straddles chunks is gathered. Single-threaded.
 */
final class WatchFrames {
    /** The largest event accepted; objects are at most 3 MiB and JSON escapes can make six bytes of one. */
    static final int FRAME_BYTES_MAX = 32 << 20;

    /** Receives a frame; the bytes are the receiver's only during the call. */
    interface Receiver {
        void frame(byte[] bytes, int offset, int length);
    }

    private final Receiver receiver;
    private byte[] partial = new byte[0];
    private int partialLength;

    WatchFrames(Receiver receiver) {
        this.receiver = receiver;
    }

    /** Takes the next chunk. Returns an explanation when the stream is not acceptable, else null. */
    @Nullable
    String accept(byte[] chunk, int offset, int length) {
        int end = offset + length;
        int start = offset;
        for (int i = offset; i < end; i++) {
            if (chunk[i] == '\n') {
                if (partialLength > 0) {
                    append(chunk, start, i - start);
                    receiver.frame(partial, 0, partialLength);
                    partialLength = 0;
                    if (partial.length > 1 << 20) {
                        partial = new byte[0];
                    }
                } else if (i > start) {
                    receiver.frame(chunk, start, i - start);
                }
                start = i + 1;
            }
        }
        if (partialLength + (end - start) > FRAME_BYTES_MAX) {
            return "watch event over " + FRAME_BYTES_MAX + " bytes";
        }
        append(chunk, start, end - start);
        return null;
    }

    private void append(byte[] chunk, int offset, int length) {
        if (partialLength + length > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(partialLength + length, partial.length * 2));
        }
        System.arraycopy(chunk, offset, partial, partialLength, length);
        partialLength += length;
    }
}
