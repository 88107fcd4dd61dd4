package io.myriad.api;

/** Why a request failed, with the HTTP code that goes with it; names and codes as apimachinery's {@code StatusReason}. */
public enum StatusReason {
    UNKNOWN("", 500),
    UNAUTHORIZED("Unauthorized", 401),
    FORBIDDEN("Forbidden", 403),
    NOT_FOUND("NotFound", 404),
    ALREADY_EXISTS("AlreadyExists", 409),
    CONFLICT("Conflict", 409),
    GONE("Gone", 410),
    INVALID("Invalid", 422),
    SERVER_TIMEOUT("ServerTimeout", 500),
    STORE_READ_ERROR("StorageReadError", 500),
    TIMEOUT("Timeout", 504),
    TOO_MANY_REQUESTS("TooManyRequests", 429),
    BAD_REQUEST("BadRequest", 400),
    METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
    NOT_ACCEPTABLE("NotAcceptable", 406),
    REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413),
    UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
    INTERNAL_ERROR("InternalError", 500),
    EXPIRED("Expired", 410),
    SERVICE_UNAVAILABLE("ServiceUnavailable", 503);

    private final String text;
    private final int code;

    StatusReason(String text, int code) {
        this.text = text;
        this.code = code;
    }

    /** The reason as the wire has it. */
    public String text() {
        return text;
    }

    /** The HTTP status code. */
    public int code() {
        return code;
    }
}
