package io.myriad.apiserver.storage;

import java.util.List;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/**
 * The failures of reading and watching by resource version, with the codes, reasons and causes that clients act on: an
 * informer lists again on {@code Expired} and tries again on {@code ResourceVersionTooLarge}.
 */
public final class StorageStatus {
    /** Seconds after which a client may ask again for a version that has not been reached. */
    private static final int TOO_LARGE_RETRY_SECONDS = 1;

    private StorageStatus() {}

    /**
     * A resource version as clients send it.
     *
     * @return the number; 0 for the empty text and for {@code 0}
     * @throws StatusException 400 for anything but a decimal number of at most 63 bits
     */
    public static long parseVersion(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                throw invalidVersion(text);
            }
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException overflow) {
            throw invalidVersion(text);
        }
    }

    private static StatusException invalidVersion(String text) {
        return new StatusException(Status.badRequest(
                "resourceVersion: Invalid value: \"" + text + "\": a resource version is a decimal number"));
    }

    /** 504: the version lies in the future. */
    public static StatusException tooLarge(long requested, long current) {
        String message = "Too large resource version: " + requested + ", current: " + current;
        return new StatusException(new Status(StatusReason.TIMEOUT.code(), StatusReason.TIMEOUT, message,
                new Status.Details("", "", "", "", List.of(
                        new Status.Cause("ResourceVersionTooLarge", "Too large resource version", "")),
                        TOO_LARGE_RETRY_SECONDS)));
    }

    /** 410: what happened after {@code requested} is not known any more; {@code oldest} still is. */
    public static Status tooOldToWatch(long requested, long oldest) {
        return Status.of(StatusReason.EXPIRED, "too old resource version: " + requested + " (" + oldest + ")");
    }

    /** 410: the list's exact version is gone. */
    public static StatusException tooOldToList(long requested) {
        return new StatusException(Status.of(StatusReason.EXPIRED,
                "resource version " + requested + " has been compacted and cannot be listed any more"));
    }

    /**
     * 410: the version of a continue token is gone.
     *
     * @param start where the list would have gone on; the answer's token goes on there at the current version
     */
    public static StatusException tooOldToContinue(String start) {
        return new StatusException(new Status(StatusReason.EXPIRED.code(), StatusReason.EXPIRED,
                "the continue token's resource version has been compacted; list again from the start, or go on with the"
                        + " token of this answer, whose pages are of a newer version than those before",
                null, new ContinueToken(ContinueToken.INCONSISTENT, start).encode()));
    }

    /** 429: the cache is being filled; {@code retryAfterSeconds} is at least 1. */
    public static StatusException notReady(String groupResource, int retryAfterSeconds) {
        return new StatusException(new Status(StatusReason.TOO_MANY_REQUESTS.code(), StatusReason.TOO_MANY_REQUESTS,
                "the cache of " + groupResource + " is not initialized yet",
                retryAfter(retryAfterSeconds)));
    }

    /** 503: the store does not answer, or refuses; {@code why} names no secret. */
    public static StatusException unavailable(String why) {
        return new StatusException(Status.of(StatusReason.SERVICE_UNAVAILABLE, "the store is not available: " + why));
    }

    /** 504: the store has not answered in time; a write may or may not have happened. */
    public static StatusException timeout(String operation, long afterMillis) {
        return new StatusException(new Status(StatusReason.TIMEOUT.code(), StatusReason.TIMEOUT,
                "the store has not answered " + operation + " within " + afterMillis + " ms",
                retryAfter(1)));
    }

    static Status.Details retryAfter(int seconds) {
        return new Status.Details("", "", "", "", List.of(), Math.max(1, seconds));
    }
}
