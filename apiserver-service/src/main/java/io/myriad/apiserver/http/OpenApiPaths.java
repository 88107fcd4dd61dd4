package io.myriad.apiserver.http;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.openapi.ApiDocuments;
import io.myriad.apiserver.openapi.OpenApi;

/** Serves the OpenAPI documents, cacheable by their hash. */
final class OpenApiPaths implements PlainPaths.PathHandler {
    private static final String V3 = "/openapi/v3";
    private static final String V2 = "/openapi/v2";
    private static final String JSON = "application/json";
    /** How clients have come to call the protobuf form of the v2 document; answers use the first name. */
    private static final List<String> PROTOBUF_NAMES = List.of(
            "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
            "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
    private static final String FOREVER = "public, immutable";

    private final Supplier<ApiDocuments> documents;
    private final String started;

    /** @param documents the documents of what is served now */
    OpenApiPaths(Supplier<ApiDocuments> documents, InstantSource clock) {
        this.documents = documents;
        this.started = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC).format(clock.instant());
    }

    @Override
    public List<String> paths() {
        return List.of(V2, V3, V3 + "/");
    }

    @Override
    public boolean serve(HttpCall call) {
        String path = call.path();
        if (path.equals(V2)) {
            second(call);
        } else if (path.equals(V3) || path.equals(V3 + "/")) {
            index(call, documents.get().index());
        } else if (path.startsWith(V3 + "/")) {
            third(call, documents.get().v3(path.substring(V3.length() + 1)));
        } else {
            return false;
        }
        return true;
    }

    private void index(HttpCall call, OpenApi.Document index) {
        call.responseHeaders().set("Content-Type", "text/plain; charset=utf-8").set("Last-Modified", started);
        WholeBody.send(call, 200, index.content());
    }

    private void second(HttpCall call) {
        String accepted = accepted(call, true);
        if (accepted.equals(JSON)) {
            answer(call, documents.get().v2(), JSON);
        } else {
            answer(call, documents.get().v2Protobuf(), PROTOBUF_NAMES.getFirst());
        }
    }

    private void third(HttpCall call, OpenApi.@Nullable Document document) {
        if (document == null) {
            call.respond(404, new byte[0]);
        } else {
            answer(call, document, accepted(call, false));
        }
    }

    private void answer(HttpCall call, OpenApi.Document document, String mediaType) {
        String etag = "\"" + document.etag() + "\"";
        call.responseHeaders().set("Content-Type", mediaType).set("ETag", etag).set("Last-Modified", started);
        if (call.path().equals(V2)) {
            call.responseHeaders().add("Vary", "Accept-Encoding");
        }
        call.responseHeaders().add("Vary", "Accept");
        String hash = call.query().text("hash");
        if (hash.equals(document.etag())) {
            call.responseHeaders().set("Cache-Control", FOREVER);
        }
        if (call.header("If-None-Match").equals(etag)) {
            call.respond(304, new byte[0]);
        } else {
            WholeBody.send(call, 200, document.content());
        }
    }

    /** The first that the client names of the forms there are. */
    private static String accepted(HttpCall call, boolean protobuf) {
        String accept = call.header("Accept");
        if (accept.isEmpty()) {
            return JSON;
        }
        for (MediaType clause : MediaType.parseAccept(accept)) {
            String essence = clause.essence();
            if (essence.equals(JSON) || essence.equals("*/*") || essence.equals("application/*")) {
                return JSON;
            }
            if (protobuf && PROTOBUF_NAMES.contains(essence)) {
                return PROTOBUF_NAMES.getFirst();
            }
        }
        throw new StatusException(StatusTree.general(StatusReason.NOT_ACCEPTABLE,
                "only the following media types are accepted: " + JSON
                        + (protobuf ? ", " + String.join(", ", PROTOBUF_NAMES) : "")));
    }
}
