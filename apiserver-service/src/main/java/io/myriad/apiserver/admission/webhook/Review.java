package io.myriad.apiserver.admission.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.authentication.User;

/** AdmissionReviews: what is asked and what is answered. Pure. */
public final class Review {
    /** A refusal is a failure, whatever code the webhook gave it. */
    private static final int MIN_REFUSAL_CODE = 400;

    /**
     * An answer.
     *
     * @param refusal why not, or null when the write is allowed
     * @param patch the operations to apply to the object that was sent, or null
     * @param warnings for the client
     */
    record Answer(@Nullable Status refusal, @Nullable JsonNode patch, List<String> warnings) {}

    private Review() {}

    /**
     * The {@code request} of a review.
     *
     * @param sent the version in which the webhook gets the objects
     * @param object the object in that version, or null
     * @param old the stored object in that version, or null
     */
    public static ObjectNode request(String uid, AdmissionPlugin.Attributes write, AdmittedObjects.Version sent,
            @Nullable ObjectNode object, @Nullable ObjectNode old) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("uid", uid);
        request.set("kind", kind(sent.kind()));
        request.set("resource", resource(sent.resource()));
        put(request, "subResource", write.subresource());
        request.set("requestKind", kind(write.kind()));
        request.set("requestResource", resource(write.resource()));
        put(request, "requestSubResource", write.subresource());
        put(request, "name", write.name());
        put(request, "namespace", write.namespace());
        request.put("operation", write.operation().name());
        request.set("userInfo", user(write.user()));
        request.set("object", object);
        request.set("oldObject", old);
        request.put("dryRun", write.dryRun());
        String options = write.operation().name().charAt(0) + write.operation().name().substring(1)
                .toLowerCase(Locale.ROOT) + "Options";
        ObjectNode sentOptions = request.putObject("options").put("kind", options).put("apiVersion",
                "meta.k8s.io/v1");
        if (write.dryRun()) {
            sentOptions.putArray("dryRun").add("All");
        }
        return request;
    }

    private static ObjectNode kind(GroupVersionKind kind) {
        return JsonNodeFactory.instance.objectNode().put("group", kind.group()).put("version", kind.version())
                .put("kind", kind.kind());
    }

    private static ObjectNode resource(GroupVersionResource resource) {
        return JsonNodeFactory.instance.objectNode().put("group", resource.group()).put("version", resource.version())
                .put("resource", resource.resource());
    }

    private static ObjectNode user(User user) {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        put(info, "username", user.name());
        put(info, "uid", user.uid());
        if (!user.groups().isEmpty()) {
            user.groups().forEach(info.putArray("groups")::add);
        }
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
        return info;
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!value.isEmpty()) {
            object.put(field, value);
        }
    }

    /** The body of a review in {@code version} of the admission group. */
    static byte[] body(String version, ObjectNode request) {
        ObjectNode review = JsonNodeFactory.instance.objectNode().put("kind", "AdmissionReview").put("apiVersion",
                "admission.k8s.io/" + version);
        review.set("request", request);
        return review.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads an answer.
     *
     * @param mutating whether it may have a patch
     * @throws IOException when it is no answer to the request
     */
    static Answer answer(Webhook webhook, String uid, byte[] body, boolean mutating) throws IOException {
        JsonNode review;
        try {
            review = JsonMapper.shared().readTree(body);
        } catch (JacksonException broken) {
            throw new IOException("the answer is not JSON: " + broken.getOriginalMessage(), broken);
        }
        JsonNode response = review.path("response");
        if (!response.isObject()) {
            throw new IOException("webhook response was absent");
        }
        boolean strict = webhook.reviewVersion().equals("v1");
        String version = "admission.k8s.io/" + webhook.reviewVersion();
        if (strict && (!review.path("apiVersion").asString("").equals(version)
                || !review.path("kind").asString("").equals("AdmissionReview"))) {
            throw new IOException("expected webhook response of " + version + ", Kind=AdmissionReview, got "
                    + review.path("apiVersion").asString("") + ", Kind=" + review.path("kind").asString(""));
        }
        if (strict && !response.path("uid").asString("").equals(uid)) {
            throw new IOException("expected response.uid=\"" + uid + "\", got \"" + response.path("uid").asString("")
                    + "\"");
        }
        List<String> warnings = new ArrayList<>();
        response.path("warnings").forEach(warning -> warnings.add(warning.asString("")));
        if (!response.path("allowed").booleanValue(false)) {
            return new Answer(refusal(webhook.name(), response.path("status")), null, List.copyOf(warnings));
        }
        return new Answer(null, mutating ? patch(response, strict) : null, List.copyOf(warnings));
    }

    private static @Nullable JsonNode patch(JsonNode response, boolean strict) throws IOException {
        String encoded = response.path("patch").asString("");
        String type = response.path("patchType").asString("");
        if (encoded.isEmpty()) {
            if (strict && !type.isEmpty()) {
                throw new IOException("webhook returned response.patchType but not response.patch");
            }
            return null;
        }
        if (!type.equals("JSONPatch") && (strict || !type.isEmpty())) {
            throw new IOException("webhook returned invalid response.patchType of \"" + type + "\"");
        }
        try {
            JsonNode patch = JsonMapper.shared().readTree(Base64.getDecoder().decode(encoded));
            if (!patch.isArray()) {
                throw new IOException("a JSON patch is an array of operations");
            }
            return patch.isEmpty() ? null : patch;
        } catch (IllegalArgumentException | JacksonException broken) {
            throw new IOException("unable to decode the patch: " + broken.getMessage(), broken);
        }
    }

    private static Status refusal(String webhook, JsonNode status) {
        String denied = "admission webhook \"" + webhook + "\" denied the request";
        String message = status.path("message").asString("");
        String reason = status.path("reason").asString("");
        String text = !message.isEmpty()
                ? denied + ": " + message
                : !reason.isEmpty() ? denied + ": " + reason : denied + " without explanation";
        int code = status.path("code").intValue(0);
        return new Status(Math.max(code, MIN_REFUSAL_CODE), reason(reason), text, null);
    }

    private static StatusReason reason(String text) {
        for (StatusReason reason : StatusReason.values()) {
            if (reason.text().equals(text)) {
                return reason;
            }
        }
        return StatusReason.UNKNOWN;
    }
}
