package io.myriad.api.codec;

/**
 * Bytes that are no message of the expected form: truncated, of a wrong wire type, nested too deeply. It carries no
 * stack trace: bad bytes are an input, not a fault of the program.
 */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message, null, false, false);
    }

    static MalformedException truncated() {
        return new MalformedException("unexpected EOF");
    }

    static MalformedException tooDeep() {
        return new MalformedException("exceeded max depth of " + CodecLimits.MAX_DEPTH);
    }
}
