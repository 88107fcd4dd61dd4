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
    /** Whether the body is protobuf. */
    public boolean isProtobuf() {
        return contentType.startsWith(ApiRequest.PROTOBUF);
    }

    /** The body as an object. */
    public ApiObject object() {
        return ApiObject.of(body);
    }

    /** The body as a tree of the caller's own. */
    public ObjectNode tree() {
        return object().tree();
    }
}
