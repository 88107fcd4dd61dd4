package io.myriad.store;

/** The store cannot start, for a reason that the user can do something about; the message is one line. */
public final class StoreStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoreStartException(String message) {
        super(message, null, false, false);
    }
}
