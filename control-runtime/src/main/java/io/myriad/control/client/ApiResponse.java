package io.myriad.control.client;

import tools.jackson.databind.node.ObjectNode;

/**
 * A successful answer.
 *
 * @param code the HTTP status code, 200 to 299
 * @param contentType the media type with its parameters
 * @param body the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // a body is handed over, never compared
public record ApiResponse(int code, String contentType, byte[] body) {
    /** The body as a tree. */
    public ObjectNode tree() {
        return object().tree();
    }

    /** The body as an object. */
    public ApiObject object() {
        return ApiObject.ofJson(body, 0, body.length);
    }
}
