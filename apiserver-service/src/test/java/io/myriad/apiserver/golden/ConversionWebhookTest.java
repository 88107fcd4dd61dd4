package io.myriad.apiserver.golden;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.apiserver.admission.webhook.HookServer;

import static org.assertj.core.api.Assertions.assertThat;

/** A definition with two versions between which a webhook converts: v1, the stored one, says color and v2 colour. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConversionWebhookTest {
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String ONE = "/apis/example.com/v1/namespaces/default/paints";
    private static final String TWO = "/apis/example.com/v2/namespaces/default/paints";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private GoldenServer server;
    private HookServer hook;

    @BeforeAll
    void start() throws Exception {
        server = GoldenServer.start();
        hook = new HookServer("127.0.0.1");
        hook.answers(ConversionWebhookTest::converted);
        assertThat(send("POST", DEFINITIONS, definition("paints", hook.port(), "v1")).path("metadata").path("uid")
                .asString("")).isNotEmpty();
        awaitServed("/apis/example.com/v2/paints");
    }

    @AfterAll
    void stop() throws Exception {
        hook.close();
        server.close();
    }

    @BeforeEach
    void decent() {
        hook.answers(ConversionWebhookTest::converted);
        hook.requests().clear();
    }

    private String definition(String plural, int port, String stored) {
        String kind = Character.toUpperCase(plural.charAt(0)) + plural.substring(1, plural.length() - 1);
        return """
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "%s.example.com"},
                 "spec": {"group": "example.com", "scope": "Namespaced",
                  "names": {"plural": "%s", "singular": "%s", "kind": "%s", "listKind": "%sList"},
                  "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"],
                   "clientConfig": {"url": "https://127.0.0.1:%d/convert", "caBundle": "%s"}}},
                  "versions": [%s, %s]}}
                """.formatted(plural, plural, kind.toLowerCase(java.util.Locale.ROOT), kind, kind, port,
                hook.authorities(), version("v1", stored, "color"), version("v2", stored, "colour"));
    }

    private static String version(String name, String stored, String field) {
        return """
                {"name": "%s", "served": true, "storage": %s, "schema": {"openAPIV3Schema": {"type": "object",
                 "properties": {"spec": {"type": "object", "properties": {"%s": {"type": "string"},
                  "%s-layers": {"type": "integer", "default": 1}}}}}}}
                """.formatted(name, name.equals(stored), field, name);
    }

    /** What a decent webhook answers. */
    private static ObjectNode converted(JsonNode request) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.putObject("result").put("status", "Success");
        ArrayNode objects = response.putArray("convertedObjects");
        String to = request.path("desiredAPIVersion").asString("");
        for (JsonNode object : request.path("objects")) {
            ObjectNode copy = (ObjectNode) object.deepCopy();
            copy.put("apiVersion", to);
            ObjectNode spec = copy.withObjectProperty("spec");
            boolean newer = to.endsWith("v2");
            JsonNode value = spec.remove(newer ? "color" : "colour");
            if (value != null) {
                spec.set(newer ? "colour" : "color", value);
            }
            copy.withObjectProperty("metadata").withObjectProperty("labels").put("last", to.substring(12));
            // Not a webhook's business: dropped.
            copy.withObjectProperty("metadata").putArray("finalizers").add("example.com/hook");
            objects.add(copy);
        }
        return response;
    }

    private JsonNode send(String method, String target, @Nullable String body) throws Exception {
        return send(method, target, JSON, body);
    }

    private JsonNode send(String method, String target, Map<String, String> headers, @Nullable String body)
            throws Exception {
        GoldenClient.Answer answer = server.client().send(method, target, headers,
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
        return JsonMapper.shared().readTree(answer.body());
    }

    private void awaitServed(String target) throws Exception {
        int code = 0;
        for (int tries = 0; code != 200; tries++) {
            assertThat(tries).as("tries until %s is there", target).isLessThan(10_000);
            code = server.client().send("GET", target, JSON, null).code();
        }
    }

    private static String paint(String version, String name, String field) {
        return """
                {"apiVersion": "example.com/%s", "kind": "Paint", "metadata": {"name": "%s"}, "spec": {"%s": "red"}}
                """.formatted(version, name, field);
    }

    @Test
    void writtenInOneVersionAndReadInTheOther() throws Exception {
        JsonNode made = send("POST", TWO, paint("v2", "a", "colour"));
        assertThat(made.path("apiVersion").asString("")).isEqualTo("example.com/v2");
        assertThat(made.path("spec").toString()).isEqualTo("{\"colour\":\"red\"}");
        JsonNode request = hook.requests().element();
        assertThat(request.path("desiredAPIVersion").asString("")).as("it is stored in v1").isEqualTo(
                "example.com/v1");
        assertThat(request.path("objects").size()).isEqualTo(1);
        assertThat(request.path("uid").asString("")).hasSize(36);

        hook.requests().clear();
        JsonNode stored = send("GET", ONE + "/a", null);
        assertThat(stored.path("spec").path("color").asString("")).isEqualTo("red");
        assertThat(stored.path("spec").path("v1-layers").asInt(0)).as("a default of v1").isEqualTo(1);
        assertThat(stored.path("metadata").path("labels").path("last").asString("")).isEqualTo("v1");
        assertThat(stored.path("metadata").has("finalizers")).isFalse();
        assertThat(hook.requests()).as("the stored version needs no conversion").isEmpty();

        JsonNode listed = send("GET", TWO + "?fieldSelector=metadata.name%3Da", null).path("items").path(0);
        assertThat(listed.path("spec").path("colour").asString("")).isEqualTo("red");
        assertThat(listed.path("metadata").path("uid")).isEqualTo(stored.path("metadata").path("uid"));
        assertThat(send("DELETE", TWO + "/a", null).path("status").asString("")).isEqualTo("Success");
    }

    @Test
    void changedInTheOtherVersion() throws Exception {
        send("POST", ONE, paint("v1", "b", "color"));
        Map<String, String> merge = Map.of("Content-Type", "application/merge-patch+json");
        JsonNode patched = send("PATCH", TWO + "/b", merge, "{\"spec\":{\"colour\":\"green\"}}");
        assertThat(patched.path("spec").path("colour").asString("")).isEqualTo("green");
        assertThat(send("GET", ONE + "/b", null).path("spec").path("color").asString("")).isEqualTo("green");
        ObjectNode replaced = ((ObjectNode) patched).deepCopy();
        replaced.withObjectProperty("spec").put("colour", "blue");
        assertThat(send("PUT", TWO + "/b", replaced.toString()).path("spec").path("colour").asString("")).isEqualTo(
                "blue");
        Map<String, String> apply = Map.of("Content-Type", "application/apply-patch+yaml");
        JsonNode applied = send("PATCH", TWO + "/b?fieldManager=me&force=true", apply, paint("v2", "b", "colour"));
        assertThat(applied.path("spec").path("colour").asString("")).isEqualTo("red");
        assertThat(applied.path("metadata").path("managedFields").toString()).contains("f:colour", "\"me\"");
        JsonNode conflict = send("PATCH", ONE + "/b?fieldManager=other", apply,
                paint("v1", "b", "color").replace("red", "black"));
        assertThat(conflict.path("reason").asString("")).isEqualTo("Conflict");
        assertThat(conflict.path("message").asString("")).isEqualTo(
                "Apply failed with 1 conflict: conflict with \"me\": .spec.colour");
    }

    @Test
    void watchesConvert() throws Exception {
        send("POST", ONE, paint("v1", "c", "color"));
        GoldenClient.Answer events = server.client().stream(
                TWO + "?watch=true&fieldSelector=metadata.name%3Dc&timeoutSeconds=1", Map.of());
        JsonNode event = JsonMapper.shared().readTree(events.body());
        assertThat(event.path("type").asString("")).isEqualTo("ADDED");
        assertThat(event.path("object").path("apiVersion").asString("")).isEqualTo("example.com/v2");
        assertThat(event.path("object").path("spec").path("colour").asString("")).isEqualTo("red");
    }

    private void assertRefused(String name, String why) throws Exception {
        JsonNode status = send("POST", TWO, paint("v2", name, "colour"));
        assertThat(status.path("message").asString("")).isEqualTo(
                "conversion webhook for example.com/v2, Kind=Paint " + why);
        assertThat(status.path("code").asInt(0)).isEqualTo(500);
        assertThat(send("GET", ONE + "/" + name, null).path("code").asInt(0)).as("nothing is stored").isEqualTo(404);
    }

    private static ObjectNode first(ObjectNode response) {
        return (ObjectNode) response.path("convertedObjects").path(0);
    }

    @Test
    void answersThatCannotBeUsedRefuse() throws Exception {
        hook.answers(request -> JsonNodeFactory.instance.objectNode().set("result", JsonNodeFactory.instance
                .objectNode().put("status", "Failed").put("message", "not this one")));
        assertRefused("x", "failed: not this one");
        hook.answers(request -> JsonNodeFactory.instance.objectNode());
        assertRefused("x", "failed: response.result.status was '', not 'Success'");
        hook.answers(request -> converted(request).put("uid", "other"));
        JsonNode status = send("POST", TWO, paint("v2", "x", "colour"));
        assertThat(status.path("message").asString("")).contains(" failed: expected response.uid=\"",
                "\", got \"other\"");
        hook.answers(request -> {
            ObjectNode response = converted(request);
            response.putArray("convertedObjects");
            return response;
        });
        assertRefused("x", "returned 0 objects, expected 1");
        hook.answers(request -> {
            ObjectNode response = converted(request);
            first(response).put("apiVersion", "example.com/v2");
            return response;
        });
        assertRefused("x", "returned invalid object at index 0: invalid groupVersion (expected example.com/v1, "
                + "received example.com/v2)");
        hook.answers(request -> {
            ObjectNode response = converted(request);
            first(response).withObjectProperty("metadata").put("name", "y");
            return response;
        });
        assertRefused("x", "returned invalid object: must have the same name: x != y");
        hook.answers(request -> {
            ObjectNode response = converted(request);
            first(response).withObjectProperty("metadata").withObjectProperty("labels").put("count", 1);
            return response;
        });
        assertThat(send("POST", TWO, paint("v2", "x", "colour")).path("message").asString("")).contains(
                "returned invalid metadata");
    }

    @Test
    void aWebhookThatIsNotThereRefusesReadersOfTheOtherVersionOnly() throws Exception {
        HookServer gone = new HookServer("127.0.0.1");
        int port = gone.port();
        gone.close();
        send("POST", DEFINITIONS, definition("doors", port, "v1"));
        awaitServed("/apis/example.com/v1/doors");
        String body = paint("v1", "d", "color").replace("Paint", "Door");
        assertThat(send("POST", ONE.replace("paints", "doors"), body).path("spec").path("color").asString(""))
                .isEqualTo("red");
        JsonNode status = send("GET", TWO.replace("paints", "doors") + "/d", null);
        assertThat(status.path("message").asString(""))
                .matches("Internal error occurred: StorageError: corrupt object, "
                        + "Code: 7, Key: /example.com/doors/default/d, ResourceVersion: 0, AdditionalErrorMsg: object not "
                        + "decodable revision=[0-9]+: conversion webhook for example.com/v1, Kind=Door failed: Post \"https://127.0.0.1:"
                        + port
                        + "/convert\\?timeout=30s\": .+");
        assertThat(status.path("reason").asString("")).isEqualTo("InternalError");
        assertThat(status.path("code").asInt(0)).isEqualTo(500);
    }

    @Test
    void whatWasStoredInAnEarlierVersionIsConvertedToo() throws Exception {
        send("POST", DEFINITIONS, definition("walls", hook.port(), "v1"));
        awaitServed("/apis/example.com/v2/walls");
        String one = ONE.replace("paints", "walls");
        String two = TWO.replace("paints", "walls");
        send("POST", one, paint("v1", "e", "color").replace("Paint", "Wall"));
        JsonNode definition = send("GET", DEFINITIONS + "/walls.example.com", null);
        ObjectNode moved = (ObjectNode) JsonMapper.shared().readTree(definition("walls", hook.port(), "v2"));
        moved.withObjectProperty("metadata").set("resourceVersion",
                definition.path("metadata").path("resourceVersion"));
        assertThat(send("PUT", DEFINITIONS + "/walls.example.com", moved.toString()).path("status")
                .path("storedVersions").toString()).isEqualTo("[\"v1\",\"v2\"]");
        // Whether v2 is the stored version already shows in what the webhook is asked about a new object.
        boolean stored = false;
        for (int tries = 0; !stored; tries++) {
            assertThat(tries).isLessThan(1000);
            hook.requests().clear();
            send("POST", one, paint("v1", "f" + tries, "color").replace("Paint", "Wall"));
            stored = hook.requests().stream()
                    .anyMatch(request -> request.path("desiredAPIVersion").asString("").equals("example.com/v2"));
        }
        hook.requests().clear();
        assertThat(send("GET", two + "/e", null).path("spec").path("colour").asString("")).isEqualTo("red");
        assertThat(hook.requests()).hasSize(1);
        assertThat(send("GET", one + "/e", null).path("spec").path("color").asString("")).isEqualTo("red");
        assertThat(hook.requests()).as("as it lies in the store").hasSize(1);
    }
}
