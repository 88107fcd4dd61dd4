package io.myriad.apiserver.golden;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.apiserver.golden.GoldenClient.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What no client should send: each is refused with a Status that says why, and the server goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int BODY_BYTES_MAX = 3 << 20;

    private GoldenServer server;

    @BeforeAll
    void start() throws Exception {
        server = GoldenServer.start();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private Answer send(String method, String target, String type, byte[] body, String... headers) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("Accept", JSON));
        if (!type.isEmpty()) {
            all.put("Content-Type", type);
        }
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return server.client().send(method, target, all, body);
    }

    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] map(String name, String more) {
        return bytes("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "'}" + more + "}");
    }

    private static JsonNode status(Answer answer) {
        return MAPPER.readTree(answer.body());
    }

    private static void refused(Answer answer, int code, String reason, String message) {
        assertThat(answer.code()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(code);
        JsonNode status = status(answer);
        assertThat(status.path("kind").asString()).isEqualTo("Status");
        assertThat(status.path("status").asString()).isEqualTo("Failure");
        assertThat(status.path("code").asInt()).isEqualTo(code);
        assertThat(status.path("reason").asString()).isEqualTo(reason);
        assertThat(status.path("message").asString()).contains(message);
    }

    private void goesOn() throws Exception {
        assertThat(send("GET", MAPS, "", null).code()).isEqualTo(200);
    }

    // ---- size, format -------------------------------------------------------------------------------------------

    @Test
    void bodiesOverThreeMebibytes() throws Exception {
        byte[] large = new byte[BODY_BYTES_MAX + 1];
        Arrays.fill(large, (byte) ' ');
        refused(send("POST", MAPS, JSON, large), 413, "RequestEntityTooLarge", "limit is 3145728");
        refused(send("PUT", MAPS + "/x", JSON, large), 413, "RequestEntityTooLarge", "limit is 3145728");
        byte[] fits = Arrays.copyOf(map("fits", ""), BODY_BYTES_MAX);
        Arrays.fill(fits, map("fits", "").length, fits.length, (byte) ' ');
        assertThat(send("POST", MAPS, JSON, fits).code()).as("exactly three").isEqualTo(201);
        goesOn();
    }

    @Test
    void formatsThatThereAreNot() throws Exception {
        refused(send("POST", MAPS, "text/plain", map("a", "")), 415, "UnsupportedMediaType",
                "the body of the request was in an unknown format");
        refused(send("PATCH", MAPS + "/a", JSON, bytes("{}")), 415, "UnsupportedMediaType",
                "application/strategic-merge-patch+json");
        refused(send("POST", MAPS, "nonsense", map("a", "")), 415, "UnsupportedMediaType", "unknown format");
        Answer answer = send("GET", MAPS, "", null, "Accept", "text/csv");
        refused(answer, 406, "NotAcceptable", "only the following media types are accepted");
    }

    static Stream<Arguments> garbage() {
        return Stream.of(arguments("no JSON", JSON, bytes("{")), arguments("an array", JSON, bytes("[]")),
                arguments("a number", JSON, bytes("7")), arguments("nothing", JSON, new byte[0]),
                arguments("null", JSON, bytes("null")), arguments("two objects", JSON, bytes("{} {}")),
                arguments("not UTF-8", JSON, new byte[]{'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'}),
                arguments("another kind", JSON, bytes("{'apiVersion':'v1','kind':'Secret','metadata':{'name':'a'}}")),
                arguments("another version", JSON, bytes("{'apiVersion':'v9','kind':'ConfigMap'}")),
                arguments("text for an object", JSON, bytes("{'metadata':'a'}")),
                arguments("a number for text", JSON, bytes("{'metadata':{'name':7}}")),
                arguments("deep JSON", JSON, bytes("{'data':" + "[".repeat(200_000))),
                arguments("deep JSON that ends", JSON,
                        bytes("{'metadata':{'name':'a'},'data':{'x':" + "[".repeat(100_000) + "]".repeat(100_000)
                                + "}}")),
                arguments("no YAML", "application/yaml", bytes("a: [")),
                arguments("deep YAML", "application/yaml", bytes("metadata: " + "[".repeat(50_000))),
                arguments("a YAML bomb", "application/yaml", bytes(bomb())),
                arguments("no protobuf", "application/vnd.kubernetes.protobuf", bytes("{}")),
                arguments("an empty envelope", "application/vnd.kubernetes.protobuf", new byte[]{'k', '8', 's', 0}),
                arguments("a cut envelope", "application/vnd.kubernetes.protobuf",
                        new byte[]{'k', '8', 's', 0, 0x0a, 0x7f, 1}));
    }

    private static String bomb() {
        StringBuilder text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ",").repeat(9))
                    .append("*a").append(i - 1).append("]\n");
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("garbage")
    void garbage(String what, String type, byte[] body) throws Exception {
        Answer answer = send("POST", MAPS, type, body);
        assertThat(answer.code()).as(new String(answer.body(), StandardCharsets.UTF_8)).isIn(400, 422);
        assertThat(status(answer).path("kind").asString()).isEqualTo("Status");
        assertThat(status(answer).path("message").asString()).isNotEmpty().hasSizeLessThan(2000);
        goesOn();
    }

    @Test
    void randomBytesInEachFormat() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 60; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            String type = i % 3 == 0 ? JSON : i % 3 == 1 ? "application/yaml" : "application/vnd.kubernetes.protobuf";
            byte[] body = noise;
            if (i % 3 == 2) {
                body = new byte[noise.length + 4];
                System.arraycopy(new byte[]{'k', '8', 's', 0}, 0, body, 0, 4);
                System.arraycopy(noise, 0, body, 4, noise.length);
            }
            for (String method : new String[]{"POST", "DELETE"}) {
                String target = method.equals("POST") ? MAPS : MAPS + "/nobody";
                Answer answer = send(method, target, type, body);
                assertThat(answer.code()).as("seed 11, body %s, %s", i, method).isBetween(400, 499);
                assertThat(status(answer).path("kind").asString()).isEqualTo("Status");
            }
        }
        goesOn();
    }

    // ---- fields -------------------------------------------------------------------------------------------------

    @Test
    void unknownFieldsAsTheClientWishes() throws Exception {
        byte[] body = map("fields", ",'dta':{'a':'b'}");
        String target = MAPS + "?dryRun=All&fieldValidation=";
        refused(send("POST", target + "Strict", JSON, body), 400, "BadRequest", "unknown field \"dta\"");
        Answer warned = send("POST", target + "Warn", JSON, body);
        assertThat(warned.code()).isEqualTo(201);
        assertThat(warned.header("Warning")).contains("unknown field \\\"dta\\\"");
        Answer ignored = send("POST", target + "Ignore", JSON, body);
        assertThat(ignored.code()).isEqualTo(201);
        assertThat(ignored.header("Warning")).isEmpty();
        refused(send("POST", target + "Perhaps", JSON, body), 422, "Invalid", "fieldValidation");
        byte[] twice = bytes("{'metadata':{'name':'fields','name':'other'}}");
        refused(send("POST", target + "Strict", JSON, twice), 400, "BadRequest", "duplicate field \"metadata.name\"");
    }

    @Test
    void wrongParameters() throws Exception {
        refused(send("GET", MAPS + "?limit=many", "", null), 400, "BadRequest", "limit");
        refused(send("GET", MAPS + "?continue=x&resourceVersion=0", "", null), 400, "BadRequest", "continue");
        refused(send("GET", MAPS + "?labelSelector=a%3D%3D%3Db", "", null), 400, "BadRequest", "");
        refused(send("GET", MAPS + "?fieldSelector=spec.nothing%3Da", "", null), 400, "BadRequest",
                "\"spec.nothing\" is not a known field selector");
        refused(send("GET", MAPS + "?resourceVersion=new", "", null), 400, "BadRequest", "resource version");
    }

    // ---- conflicts, identity, history ---------------------------------------------------------------------------

    @Test
    void conflicts() throws Exception {
        Answer made = send("POST", MAPS, JSON, map("conflict", ""));
        assertThat(made.code()).isEqualTo(201);
        refused(send("POST", MAPS, JSON, map("conflict", "")), 409, "AlreadyExists",
                "configmaps \"conflict\" already exists");
        refused(send("PUT", MAPS + "/conflict", JSON, bytes("{'metadata':{'name':'conflict','resourceVersion':'1'}}")),
                409,
                "Conflict", "the object has been modified; please apply your changes to the latest version");
        refused(send("DELETE", MAPS + "/conflict", JSON, bytes("{'preconditions':{'uid':'other'}}")), 409, "Conflict",
                "the UID in the precondition (other) does not match the UID in record");
        refused(send("PUT", MAPS + "/conflict", JSON, map("other", "")), 400, "BadRequest",
                "the name of the object (other) does not match the name on the URL (conflict)");
        refused(send("GET", MAPS + "/nobody", "", null), 404, "NotFound", "configmaps \"nobody\" not found");
        refused(send("POST", "/api/v1/namespaces/nowhere/configmaps", JSON, map("a", "")), 404, "NotFound",
                "namespaces \"nowhere\" not found");
    }

    @Test
    void whoIsNotKnownAndWhoMayNot() throws Exception {
        refused(server.stranger().send("GET", MAPS, Map.of("Accept", JSON, "Authorization", "Bearer nonsense"), null),
                401,
                "Unauthorized", "Unauthorized");
        refused(server.stranger().send("GET", MAPS, Map.of("Accept", JSON), null), 403, "Forbidden",
                "configmaps is forbidden: User \"system:anonymous\" cannot list resource \"configmaps\" in API group \"\" "
                        + "in the namespace \"default\"");
        refused(send("GET", "/api/v1/secrets", "", null, "Impersonate-User", "jane"), 403, "Forbidden",
                "secrets is forbidden: User \"jane\" cannot list resource \"secrets\" in API group \"\" at the cluster scope");
        refused(send("DELETE", MAPS + "/x", "", null, "Impersonate-User", "jane"), 403, "Forbidden",
                "configmaps \"x\" is forbidden: User \"jane\" cannot delete resource \"configmaps\" in API group \"\" in the "
                        + "namespace \"default\"");
        refused(send("GET", "/metrics", "", null, "Impersonate-User", "jane"), 403, "Forbidden",
                "forbidden: User \"jane\" cannot get path \"/metrics\"");
    }

    @Test
    void whatIsTooOldOrOfAnotherTime() throws Exception {
        refused(send("GET", MAPS + "?continue=bm9uc2Vuc2U", "", null), 400, "BadRequest", "continue");
        refused(send("GET", MAPS + "?resourceVersion=99999999&resourceVersionMatch=Exact", "", null), 504, "Timeout",
                "Too large resource version");
    }

    @Test
    void pathsAndMethodsThatThereAreNot() throws Exception {
        assertThat(send("GET", "/api/v1/nothing", "", null).code()).isEqualTo(404);
        assertThat(send("GET", "/apis/example.com/v1/things", "", null).code()).isEqualTo(404);
        refused(send("POST", MAPS + "/x", JSON, map("x", "")), 405, "MethodNotAllowed", "");
        assertThat(send("GET", MAPS + "/..%2f..%2fsecrets", "", null).code()).isIn(400, 404);
        assertThat(send("GET", MAPS + "/%00", "", null).code()).isIn(400, 404);
        goesOn();
    }
}
