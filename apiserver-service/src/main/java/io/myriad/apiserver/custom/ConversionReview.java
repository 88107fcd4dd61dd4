package io.myriad.apiserver.custom;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;

/**
 * What is said to a conversion webhook and what it may answer: {@code ConversionReview} of {@code apiextensions.k8s.io},
 * one object at a time. The texts of errors are upstream's. Pure.
 */
final class ConversionReview {
    private static final String GROUP = "apiextensions.k8s.io/";

    /** An answer that cannot be used; the message begins where upstream's goes on after the kind. */
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    private ConversionReview() {}

    /** The version of the reviews: the first of those the webhook knows that this server speaks. */
    static String version(JsonNode versions) {
        for (JsonNode offered : versions) {
            String version = offered.asString("");
            if (version.equals("v1") || version.equals("v1beta1")) {
                return version;
            }
        }
        return "v1";
    }

    static byte[] request(String version, String uid, ObjectNode object, String desired) {
        ObjectNode review = JsonNodeFactory.instance.objectNode().put("kind", "ConversionReview").put("apiVersion",
                GROUP + version);
        ObjectNode request = review.putObject("request").put("uid", uid).put("desiredAPIVersion", desired);
        request.putArray("objects").add(object);
        review.putObject("response").put("uid", "").putNull("convertedObjects").putObject("result").putObject(
                "metadata");
        return review.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The converted object.
     *
     * @param version of the review that was sent
     * @param sent the object that was sent
     * @param desired the kind that was asked for
     * @throws Unusable when the answer is none to the request
     */
    static ObjectNode answer(byte[] body, String version, String uid, ObjectNode sent, GroupVersionKind desired)
            throws Unusable {
        JsonNode review;
        try {
            review = JsonMapper.shared().readTree(body);
        } catch (JacksonException broken) {
            throw new Unusable("failed: the answer is not JSON: " + broken.getOriginalMessage());
        }
        if (!review.path("apiVersion").asString("").equals(GROUP + version)
                || !review.path("kind").asString("").equals("ConversionReview")) {
            throw new Unusable("failed: expected webhook response of " + GROUP + version
                    + ", Kind=ConversionReview, got " + kind(review));
        }
        JsonNode response = review.path("response");
        if (!response.isObject()) {
            throw new Unusable("failed: no response provided");
        }
        if (!response.path("uid").asString("").equals(uid)) {
            throw new Unusable("failed: expected response.uid=\"" + uid + "\", got \""
                    + response.path("uid").asString("") + "\"");
        }
        JsonNode result = response.path("result");
        if (!result.path("status").asString("").equals("Success")) {
            String message = result.path("message").asString("");
            throw new Unusable("failed: " + (message.isEmpty()
                    ? "response.result.status was '" + result.path("status").asString("") + "', not 'Success'"
                    : message));
        }
        JsonNode objects = response.path("convertedObjects");
        if (objects.size() != 1) {
            throw new Unusable("returned " + objects.size() + " objects, expected 1");
        }
        return checked(sent, objects.get(0), desired);
    }

    /** Objects as Go prints them: {@code example.com/v1, Kind=Foo}. */
    static String kind(JsonNode object) {
        return object.path("apiVersion").asString("") + ", Kind=" + object.path("kind").asString("");
    }

    private static ObjectNode checked(ObjectNode sent, JsonNode answered, GroupVersionKind desired) throws Unusable {
        String invalid = "returned invalid object at index 0: ";
        if (!answered.path("apiVersion").asString("").equals(desired.apiVersion())) {
            throw new Unusable(invalid + "invalid groupVersion (expected " + desired.apiVersion() + ", received "
                    + answered.path("apiVersion").asString("") + ")");
        }
        if (!answered.path("kind").asString("").equals(desired.kind())) {
            throw new Unusable(invalid + "invalid kind (expected " + desired.kind() + ", received "
                    + answered.path("kind").asString("") + ")");
        }
        same(sent, answered, "name", "name");
        same(sent, answered, "namespace", "namespace");
        same(sent, answered, "uid", "UID");
        if (!(answered instanceof ObjectNode object) || !(object.path("metadata") instanceof ObjectNode metadata)) {
            throw new Unusable("returned invalid metadata: missing metadata in converted object");
        }
        object.set("metadata", metadata(sent, metadata));
        return object;
    }

    private static void same(ObjectNode sent, JsonNode answered, String field, String name) throws Unusable {
        String before = sent.path("metadata").path(field).asString("");
        String after = answered.path("metadata").path(field).asString("");
        if (!before.equals(after)) {
            throw new Unusable("returned invalid object: must have the same " + name + ": " + before + " != " + after);
        }
    }

    /** A webhook may change labels and annotations; whatever else it says of the metadata is not looked at. */
    private static ObjectNode metadata(ObjectNode sent, ObjectNode answered) throws Unusable {
        ObjectNode metadata = sent.path("metadata") instanceof ObjectNode before
                ? before.deepCopy()
                : JsonNodeFactory.instance.objectNode();
        for (String field : new String[]{"labels", "annotations"}) {
            Map<String, String> texts = texts(answered.path(field), field);
            metadata.remove(field);
            if (!texts.isEmpty()) {
                ObjectNode into = metadata.putObject(field);
                texts.forEach(into::put);
            }
        }
        return metadata;
    }

    private static Map<String, String> texts(JsonNode map, String field) throws Unusable {
        Map<String, String> texts = new TreeMap<>();
        if (map.isMissingNode() || map.isNull()) {
            return texts;
        }
        boolean valid = map.isObject() && map.valueStream().allMatch(JsonNode::isString);
        if (!valid) {
            throw new Unusable("returned invalid metadata: invalid metadata." + field
                    + ": it must be a map of strings");
        }
        map.forEachEntry((key, value) -> texts.put(key, value.stringValue("")));
        return texts;
    }
}
