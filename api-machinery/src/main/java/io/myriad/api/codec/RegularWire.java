package io.myriad.api.codec;

/**
 * Reads the pieces of a protobuf message that is as encoders write it; anything else ends in the one
 * {@link IrregularException}, which says nothing more: whoever catches it asks a patient reader. Not safe for threads.
 */
abstract class RegularWire {
    /** Bytes that are not as encoders write them. Made once, without a stack trace. */
    static final class IrregularException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final IrregularException INSTANCE = new IrregularException();

        private IrregularException() {
            super("irregular message", null, false, false);
        }
    }

    final byte[] in;
    int at;

    RegularWire(byte[] in) {
        this.in = in;
    }

    final double fixed64(int to) {
        if (to - at < 8) {
            throw IrregularException.INSTANCE;
        }
        long bits = 0;
        for (int i = 7; i >= 0; i--) {
            bits = bits << 8 | in[at + i] & 0xff;
        }
        at += 8;
        return Double.longBitsToDouble(bits);
    }

    static void require(int found, int expected) {
        if (found != expected) {
            throw IrregularException.INSTANCE;
        }
    }

    final int length(int to) {
        int length = varint32(to);
        if (length > to - at) {
            throw IrregularException.INSTANCE;
        }
        return length;
    }

    final int varint32(int to) {
        if (at < to) {
            byte b = in[at];
            if (b >= 0) {
                at++;
                return b;
            }
        }
        long value = varint64(to);
        if (value != (value & Integer.MAX_VALUE)) {
            throw IrregularException.INSTANCE;
        }
        return (int) value;
    }

    final long varint64(int to) {
        long result = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= to) {
                throw IrregularException.INSTANCE;
            }
            byte b = in[at++];
            result |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw IrregularException.INSTANCE;
    }

    final void skip(int tag, int to) {
        if (tag >>> 3 == 0) {
            throw IrregularException.INSTANCE;
        }
        switch (tag & 7) {
            case WireReader.VARINT -> varint64(to);
            case WireReader.FIXED64 -> fixed64(to);
            case WireReader.LENGTH_DELIMITED -> {
                int length = length(to);
                at += length;
            }
            case WireReader.FIXED32 -> {
                if (to - at < 4) {
                    throw IrregularException.INSTANCE;
                }
                at += 4;
            }
            default -> throw IrregularException.INSTANCE;
        }
    }
}
