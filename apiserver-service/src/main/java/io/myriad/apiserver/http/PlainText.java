package io.myriad.apiserver.http;

import java.nio.charset.StandardCharsets;

/** Answers in plain text. */
final class PlainText {
    private PlainText() {}

    /** @param noSniff whether browsers are told to take it as text */
    static void respond(HttpCall call, int code, String text, boolean noSniff) {
        call.responseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        if (noSniff) {
            call.responseHeaders().set("X-Content-Type-Options", "nosniff");
        }
        call.respond(code, text.getBytes(StandardCharsets.UTF_8));
    }

    static void notFound(HttpCall call) {
        respond(call, 404, "404 page not found\n", true);
    }
}
