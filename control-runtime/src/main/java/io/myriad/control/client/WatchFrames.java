package io.myriad.control.client;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of chunks into frames: lines for JSON, four bytes of length before each for protobuf. A frame that lies
 * whole in one chunk is handed out as part of it; only what straddles chunks is gathered. Single-threaded.
 */
abstract sealed class WatchFrames {
    /** The largest event accepted; objects are at most 3 MiB and JSON escapes can make six bytes of one. */
    static final int FRAME_BYTES_MAX = 32 << 20;
    /** A gathering buffer over this is not kept for the next frame. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    /** Receives a frame; the bytes are the receiver's only during the call. */
    interface Receiver {
        void frame(byte[] bytes, int offset, int length);
    }

    final Receiver receiver;
    byte[] partial = new byte[0];
    int partialLength;

    private WatchFrames(Receiver receiver) {
        this.receiver = receiver;
    }

    static WatchFrames lines(Receiver receiver) {
        return new Lines(receiver);
    }

    static WatchFrames lengths(Receiver receiver) {
        return new Lengths(receiver);
    }

    /** Takes the next chunk. Returns an explanation when the stream is not acceptable, else null. */
    abstract @Nullable String accept(byte[] chunk, int offset, int length);

    void gather(byte[] chunk, int offset, int length) {
        if (partialLength + length > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(partialLength + length, partial.length * 2));
        }
        System.arraycopy(chunk, offset, partial, partialLength, length);
        partialLength += length;
    }

    void empty() {
        partialLength = 0;
        if (partial.length > KEPT_BYTES_MAX) {
            partial = new byte[0];
        }
    }

    static @Nullable String tooLong() {
        return "watch event over " + FRAME_BYTES_MAX + " bytes";
    }

    private static final class Lines extends WatchFrames {
        Lines(Receiver receiver) {
            super(receiver);
        }

        @Override
        @Nullable
        String accept(byte[] chunk, int offset, int length) {
            int end = offset + length;
            int start = offset;
            for (int i = offset; i < end; i++) {
                if (chunk[i] == '\n') {
                    if (partialLength > 0) {
                        gather(chunk, start, i - start);
                        receiver.frame(partial, 0, partialLength);
                        empty();
                    } else if (i > start) {
                        receiver.frame(chunk, start, i - start);
                    }
                    start = i + 1;
                }
            }
            if (partialLength + (end - start) > FRAME_BYTES_MAX) {
                return tooLong();
            }
            gather(chunk, start, end - start);
            return null;
        }
    }

    private static final class Lengths extends WatchFrames {
        private static final int HEAD = 4;

        Lengths(Receiver receiver) {
            super(receiver);
        }

        @Override
        @Nullable
        String accept(byte[] chunk, int offset, int length) {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                if (partialLength == 0 && end - at >= HEAD) {
                    int size = size(chunk, at);
                    if (size < 0 || size > FRAME_BYTES_MAX) {
                        return tooLong();
                    }
                    if (end - at - HEAD >= size) {
                        receiver.frame(chunk, at + HEAD, size);
                        at += HEAD + size;
                        continue;
                    }
                }
                int wanted = partialLength < HEAD ? HEAD : HEAD + size(partial, 0);
                if (wanted < HEAD || wanted > FRAME_BYTES_MAX) {
                    return tooLong();
                }
                int taken = Math.min(wanted - partialLength, end - at);
                gather(chunk, at, taken);
                at += taken;
                if (partialLength > HEAD && partialLength == HEAD + size(partial, 0)) {
                    receiver.frame(partial, HEAD, partialLength - HEAD);
                    empty();
                }
            }
            return null;
        }

        private static int size(byte[] bytes, int at) {
            return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        }
    }
}
