package io.myriad.allinone;

/** A service did not start, or the arguments make no sense. The message is for the user. */
final class ServiceStartException extends Exception {
    private static final long serialVersionUID = 1;

    ServiceStartException(String message) {
        super(message);
    }

    ServiceStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
