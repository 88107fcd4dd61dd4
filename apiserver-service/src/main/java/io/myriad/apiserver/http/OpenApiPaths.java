package io.myriad.apiserver.http;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.openapi.OpenApi;

/** Serves the OpenAPI documents, cacheable by their hash. */
final class OpenApiPaths implements PlainPaths.PathHandler {
    private static final String V3 = "/openapi/v3";
    private static final String V2 = "/openapi/v2";
    private static final String FOREVER = "public, immutable";

    private final Supplier<OpenApi> documents;
    private final String started;

    /** @param documents the documents of what is served now */
    OpenApiPaths(Supplier<OpenApi> documents, InstantSource clock) {
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
            document(call, documents.get().v2());
        } else if (path.equals(V3) || path.equals(V3 + "/")) {
            index(call, documents.get().index());
        } else if (path.startsWith(V3 + "/")) {
            document(call, documents.get().v3(path.substring(V3.length() + 1)));
        } else {
            return false;
        }
        return true;
    }

    private void index(HttpCall call, OpenApi.Document index) {
        call.responseHeaders().set("Content-Type", "text/plain; charset=utf-8").set("Last-Modified", started);
        WholeBody.send(call, 200, index.json());
    }

    private void document(HttpCall call, OpenApi.@Nullable Document document) {
        if (document == null) {
            call.respond(404, new byte[0]);
            return;
        }
        if (!acceptsJson(call)) {
            throw new StatusException(StatusTree.general(StatusReason.NOT_ACCEPTABLE,
                    "only the following media types are accepted: application/json"));
        }
        String etag = "\"" + document.etag() + "\"";
        call.responseHeaders().set("Content-Type", "application/json").set("ETag", etag).set("Last-Modified", started);
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
            WholeBody.send(call, 200, document.json());
        }
    }

    /** There is no protobuf form: clients that prefer it name JSON as their second choice. */
    private static boolean acceptsJson(HttpCall call) {
        String accept = call.header("Accept");
        if (accept.isEmpty()) {
            return true;
        }
        for (MediaType clause : MediaType.parseAccept(accept)) {
            if (clause.essence().equals("application/json") || clause.essence().equals("*/*")
                    || clause.essence().equals("application/*")) {
                return true;
            }
        }
        return false;
    }
}
