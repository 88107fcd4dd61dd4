package io.myriad.store.mvcc;

/** A result needs so many values that are not in memory that memory has no room for them. */
public final class ResultTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ResultTooLargeException(long bytes, long limit) {
        super(bytes + " bytes of values are not in memory, " + limit + " may be read at once", null, false, false);
    }
}
