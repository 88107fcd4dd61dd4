package io.myriad.control.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One request, independent of the server that will answer it.
 *
 * @param method GET, POST, PUT, PATCH or DELETE
 * @param path the path, beginning with a slash
 * @param query the query without the question mark, or empty; see {@link #query(Map)}
 * @param contentType of the body; ignored without one
 * @param body the body, or null; not copied, so it must not change until the answer is there
 * @param accept the media types wanted, best first
 * @param timeoutMillis until the whole answer must be there, all retries included; 0 for the client's default
 */
@SuppressWarnings("ArrayRecordComponent") // a body is handed over, never compared
public record ApiRequest(String method, String path, String query, String contentType, byte @Nullable [] body,
        String accept, long timeoutMillis) {
    public static final String JSON = "application/json";
    public static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    /** A request without a body that wants JSON. */
    public static ApiRequest of(String method, String path) {
        return new ApiRequest(method, path, "", JSON, null, JSON, 0);
    }

    public ApiRequest withQuery(String newQuery) {
        return new ApiRequest(method, path, newQuery, contentType, body, accept, timeoutMillis);
    }

    public ApiRequest withBody(String newContentType, byte[] newBody) {
        return new ApiRequest(method, path, query, newContentType, newBody, accept, timeoutMillis);
    }

    public ApiRequest withAccept(String newAccept) {
        return new ApiRequest(method, path, query, contentType, body, newAccept, timeoutMillis);
    }

    public ApiRequest withTimeoutMillis(long newTimeoutMillis) {
        return new ApiRequest(method, path, query, contentType, body, accept, newTimeoutMillis);
    }

    /** Whether sending it twice does no harm. */
    boolean idempotent() {
        return method.equals("GET");
    }

    /** The parameters as a query, in the map's order; those with an empty value are left out. */
    public static String query(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((name, value) -> {
            if (!value.isEmpty()) {
                query.append(query.isEmpty() ? "" : "&").append(name).append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        });
        return query.toString();
    }
}
