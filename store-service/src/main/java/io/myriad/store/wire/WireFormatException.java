package io.myriad.store.wire;

/** Bytes that are not a message in protocol-buffer wire format. Carries no stack trace: it reports input, not a defect. */
public final class WireFormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WireFormatException(String message) {
        super(message, null, false, false);
    }
}
