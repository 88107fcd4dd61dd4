package io.myriad.apiserver.http;

import io.myriad.api.codec.JsonReader;

/** Answers whose body exists as a whole: indents, turns into YAML and compresses it as the client asked. */
final class WholeBody {
    private WholeBody() {}

    /** Answers with a body that is compact JSON, or protobuf, as {@code format} says; YAML is made of the JSON. */
    static void respond(HttpCall call, int code, byte[] body, OutputFormat format) {
        byte[] formed = switch (format.encoding()) {
            case JSON -> format.pretty() ? PrettyJson.indent(body) : body;
            case YAML -> YamlText.write(JsonReader.read(body, null).object());
            case PROTOBUF -> body;
        };
        call.responseHeaders().set("Content-Type", format.encoding().mediaType());
        send(call, code, formed);
    }

    /** Answers with a body as it is, compressed when it is large and the client likes that. */
    static void send(HttpCall call, int code, byte[] body) {
        if (body.length > Gzip.THRESHOLD_BYTES && Gzip.accepted(call)) {
            call.responseHeaders().set("Content-Encoding", "gzip").add("Vary", "Accept-Encoding");
            call.respond(code, Gzip.compress(body));
        } else {
            call.respond(code, body);
        }
    }
}
