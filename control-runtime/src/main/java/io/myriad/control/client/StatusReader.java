package io.myriad.control.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.MalformedException;

/** Makes a {@link StatusException} of what a server answered instead of what was asked for. */
final class StatusReader {
    /** How much of an answer that is not a Status is quoted. */
    private static final int QUOTE_BYTES_MAX = 200;

    private StatusReader() {}

    static StatusException read(int code, byte[] body) {
        if (body.length > 0 && (body[0] == '{' || Envelope.isEnvelope(body))) {
            try {
                ObjectNode tree = ApiObject.of(body).tree();
                if (tree.path("kind").asString("").equals("Status")) {
                    return read(tree, code);
                }
            } catch (TransportException | MalformedException e) {
                // falls through to the quoted text
            }
        }
        String quote = new String(body, 0, Math.min(body.length, QUOTE_BYTES_MAX), StandardCharsets.UTF_8).strip();
        StatusReason reason = reason("", code);
        return new StatusException(new Status(code, reason, quote.isEmpty() ? "HTTP " + code : quote, null));
    }

    /** A Status object; {@code code} stands in where it has none. */
    static StatusException read(ObjectNode tree, int code) {
        int actual = tree.path("code").asInt(code);
        JsonNode details = tree.path("details");
        List<Status.Cause> causes = new ArrayList<>();
        for (JsonNode cause : details.path("causes")) {
            causes.add(new Status.Cause(cause.path("reason").asString(""), cause.path("message").asString(""),
                    cause.path("field").asString("")));
        }
        return new StatusException(new Status(actual, reason(tree.path("reason").asString(""), actual),
                tree.path("message").asString(""),
                new Status.Details(details.path("name").asString(""), details.path("group").asString(""),
                        details.path("kind").asString(""), details.path("uid").asString(""), causes,
                        details.path("retryAfterSeconds").asInt(0))));
    }

    private static StatusReason reason(String text, int code) {
        for (StatusReason reason : StatusReason.values()) {
            if (!text.isEmpty() && reason.text().equals(text)) {
                return reason;
            }
        }
        for (StatusReason reason : StatusReason.values()) {
            if (reason != StatusReason.UNKNOWN && reason.code() == code) {
                return reason;
            }
        }
        return StatusReason.UNKNOWN;
    }
}
