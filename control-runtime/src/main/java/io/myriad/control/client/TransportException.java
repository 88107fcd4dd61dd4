package io.myriad.control.client;

import org.jspecify.annotations.Nullable;

/**
 * No answer came: the server could not be reached, the connection broke, or the time was up. Whether a write took
 * effect is then unknown. It carries no stack trace of its own: it is part of normal life in a cluster.
 */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    /**
     * @param message what failed, naming the server
     * @param sent whether the request may have reached the server
     */
    public TransportException(String message, boolean sent, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.sent = sent;
    }

    /** Whether the request may have reached the server; false means that nothing was done. */
    public boolean mayHaveBeenSent() {
        return sent;
    }
}
