package io.myriad.api;

/**
 * Ends a request with a {@link Status}. It carries no stack trace: it is an answer, not a fault, and deep validation
 * would pay for the trace on every refused request.
 */
public final class StatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    public StatusException(Status status) {
        super(status.message(), null, false, false);
        this.status = status;
    }

    /** The answer. */
    public Status status() {
        return status;
    }
}
