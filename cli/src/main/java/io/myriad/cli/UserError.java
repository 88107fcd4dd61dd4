package io.myriad.cli;

/** A failure that the user can understand and mend: its message is shown as it is, without a stack trace, and the command ends with 1. */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An error with one line that says what is wrong and, where it can, what to do. */
    public UserError(String message) {
        super(message);
    }

    /** An error with the failure that caused it, for those who ask for stack traces. */
    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
