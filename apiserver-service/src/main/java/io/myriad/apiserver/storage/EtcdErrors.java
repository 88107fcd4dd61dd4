package io.myriad.apiserver.storage;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;

/** What the store's errors mean to the API; texts as etcd v3 sends them. */
final class EtcdErrors {
    private static final int RETRY_AFTER_SECONDS = 1;

    private EtcdErrors() {}

    /** Whether a read may be tried again at once, at another member. */
    static boolean isRetryable(StatusRuntimeException failure) {
        return failure.getStatus().getCode() == Code.UNAVAILABLE;
    }

    /** Whether the failure says that the revision has been compacted. */
    static boolean isCompacted(StatusRuntimeException failure) {
        return failure.getStatus().getCode() == Code.OUT_OF_RANGE && text(failure).contains("compacted");
    }

    /** Whether the failure says that an answer, such as a page of a range, is larger than this client accepts. */
    static boolean isTooLargeAnswer(StatusRuntimeException failure) {
        return failure.getStatus().getCode() == Code.RESOURCE_EXHAUSTED && text(failure).contains("maximum size");
    }

    /** The failure as an answer of the API. */
    static StatusException translate(String operation, StatusRuntimeException failure, long timeoutMillis) {
        String text = text(failure);
        return switch (failure.getStatus().getCode()) {
            case DEADLINE_EXCEEDED -> StorageStatus.timeout(operation, timeoutMillis);
            case INVALID_ARGUMENT -> text.contains("too large")
                    ? requestTooLarge(text)
                    : new StatusException(Status.internal(operation + ": " + text));
            case RESOURCE_EXHAUSTED -> {
                if (text.contains("larger than max") || text.contains("maximum size")) {
                    yield requestTooLarge(text);
                }
                yield text.contains("too many requests")
                        ? new StatusException(new Status(StatusReason.TOO_MANY_REQUESTS.code(),
                                StatusReason.TOO_MANY_REQUESTS, text, StorageStatus.retryAfter(RETRY_AFTER_SECONDS)))
                        : new StatusException(Status.internal(operation + ": " + text));
            }
            case UNAVAILABLE, CANCELLED, ABORTED -> StorageStatus.unavailable(text);
            case OK, UNKNOWN, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE,
                    UNIMPLEMENTED, INTERNAL, DATA_LOSS, UNAUTHENTICATED ->
                new StatusException(Status.internal(operation + ": " + text));
        };
    }

    /** The store refuses what it cannot decode with one text, what its transport does not take with another. */
    private static StatusException requestTooLarge(String text) {
        return new StatusException(Status.of(StatusReason.REQUEST_ENTITY_TOO_LARGE, text));
    }

    private static String text(StatusRuntimeException failure) {
        String description = failure.getStatus().getDescription();
        return description == null ? failure.getStatus().getCode().toString() : description;
    }
}
