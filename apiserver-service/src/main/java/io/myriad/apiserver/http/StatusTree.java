package io.myriad.apiserver.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusReason;

/** The {@code Status} object of an answer. */
final class StatusTree {
    static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "Status");
    static final Status.Details NO_DETAILS = new Status.Details("", "", "", "", java.util.List.of(), 0);

    private StatusTree() {}

    /** A failure. */
    static ObjectNode failure(Status status) {
        ObjectNode tree = head(status.continueToken());
        tree.put("status", "Failure");
        put(tree, "message", status.message());
        put(tree, "reason", status.reason().text());
        putDetails(tree, status.details());
        tree.put("code", status.code());
        return tree;
    }

    /** A success; {@code code} is 0 where upstream says none. */
    static ObjectNode success(Status.@Nullable Details details, int code) {
        ObjectNode tree = head("");
        tree.put("status", "Success");
        putDetails(tree, details);
        if (code != 0) {
            tree.put("code", code);
        }
        return tree;
    }

    /** A failure of a request as a whole, with the empty details that upstream gives it. */
    static Status general(StatusReason reason, String message) {
        return new Status(reason.code(), reason, message, NO_DETAILS);
    }

    private static ObjectNode head(String continueToken) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", "Status").put("apiVersion", "v1");
        put(tree.putObject("metadata"), "continue", continueToken);
        return tree;
    }

    private static void putDetails(ObjectNode tree, Status.@Nullable Details details) {
        if (details == null) {
            return;
        }
        ObjectNode node = tree.putObject("details");
        put(node, "name", details.name());
        put(node, "group", details.group());
        put(node, "kind", details.kind());
        put(node, "uid", details.uid());
        if (!details.causes().isEmpty()) {
            ArrayNode causes = node.putArray("causes");
            for (Status.Cause cause : details.causes()) {
                ObjectNode one = causes.addObject();
                put(one, "reason", cause.reason());
                put(one, "message", cause.message());
                put(one, "field", cause.field());
            }
        }
        if (details.retryAfterSeconds() > 0) {
            node.put("retryAfterSeconds", details.retryAfterSeconds());
        }
    }

    private static void put(ObjectNode node, String key, String value) {
        if (!value.isEmpty()) {
            node.put(key, value);
        }
    }
}
