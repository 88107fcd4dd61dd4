package io.myriad.apiserver.golden;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Policies that refuse config maps or warn of them; the texts are those of the real server v1.37.2. Each has a namespace for itself, which its binding names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionPoliciesTest {
    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final String RULES = """
            {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"],
             "resources": ["configmaps"]}]}""";

    private final AtomicInteger count = new AtomicInteger();
    private GoldenServer server;

    @BeforeAll
    void start() throws Exception {
        server = GoldenServer.start();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    private GoldenClient.Answer send(String method, String target, String body) throws Exception {
        return server.client().send(method, target, JSON, body.getBytes(StandardCharsets.UTF_8));
    }

    private void made(String target, String body) throws Exception {
        GoldenClient.Answer answer = send("POST", target, body);
        assertThat(answer.code()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(201);
    }

    private static JsonNode json(GoldenClient.Answer answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    /** A policy with a binding for a new namespace; in it, a config map called {@code probe} is refused once it is in force. */
    private String policy(String spec, String binding) throws Exception {
        String name = "p" + count.incrementAndGet();
        made("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"tier\":\"" + name
                + "\"}}}");
        made(GROUP + "validatingadmissionpolicies", """
                {"metadata": {"name": "%s"}, "spec": {"matchConstraints": %s, %s}}""".formatted(name, RULES, spec));
        made(GROUP + "validatingadmissionpolicybindings", """
                {"metadata": {"name": "%s-b"}, "spec": {"policyName": "%s", %s,
                 "matchResources": {"namespaceSelector": {"matchLabels": {"tier": "%s"}}}}}"""
                .formatted(name, name, binding, name));
        return name;
    }

    private static String map(String name, String data) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":" + data + "}";
    }

    private GoldenClient.Answer create(String namespace, String body) throws Exception {
        return send("POST", "/api/v1/namespaces/" + namespace + "/configmaps?dryRun=All", body);
    }

    /** What a refused creation says, once the policy is in force. */
    private JsonNode refused(String namespace, String body) throws Exception {
        GoldenClient.Answer answer = create(namespace, body);
        for (int tries = 0; answer.code() == 201; tries++) {
            assertThat(tries).as("tries").isLessThan(2000);
            answer = create(namespace, body);
        }
        return json(answer);
    }

    private void assertTaken(String namespace, String body) throws Exception {
        GoldenClient.Answer answer = create(namespace, body);
        assertThat(answer.code()).as(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(201);
    }

    private static String denied(String name, String object, String message) {
        return "configmaps \"" + object + "\" is forbidden: ValidatingAdmissionPolicy '" + name + "' with binding '"
                + name + "-b' denied request: " + message;
    }

    private static final String DENY = "\"validationActions\": [\"Deny\"]";

    @Test
    void messagesAndReasons() throws Exception {
        String name = policy("""
                "validations": [
                 {"expression": "object.data.a != 'plain'"},
                 {"expression": "object.data.a != 'fixed'", "message": " it is fixed "},
                 {"expression": "object.data.a != 'made'", "messageExpression": "'made of ' + object.metadata.name",
                  "reason": "Forbidden"},
                 {"expression": "object.data.a != 'failing'", "message": "instead",
                  "messageExpression": "object.data.none"}]""", DENY);
        JsonNode plain = refused(name, map("x", "{\"a\":\"plain\"}"));
        String text = denied(name, "x", "failed expression: object.data.a != 'plain'");
        assertThat(plain.path("message").asString("")).isEqualTo(text);
        assertThat(plain.path("reason").asString("")).isEqualTo("Invalid");
        assertThat(plain.path("code").asInt(0)).isEqualTo(422);
        assertThat(plain.path("details").path("kind").asString("")).isEqualTo("configmaps");
        assertThat(plain.path("details").path("causes").path(0).path("message").asString("")).isEqualTo(
                text.substring(text.indexOf("Validating")));
        assertThat(refused(name, map("x", "{\"a\":\"fixed\"}")).path("message").asString("")).isEqualTo(
                denied(name, "x", "it is fixed"));
        JsonNode made = refused(name, map("x", "{\"a\":\"made\"}"));
        assertThat(made.path("message").asString("")).isEqualTo(denied(name, "x", "made of x"));
        assertThat(made.path("code").asInt(0)).isEqualTo(403);
        assertThat(refused(name, map("x", "{\"a\":\"failing\"}")).path("message").asString("")).isEqualTo(
                denied(name, "x", "instead"));
        assertThat(refused(name, "{\"metadata\":{\"generateName\":\"many-\"},\"data\":{\"a\":\"fixed\"}}")
                .path("message").asString("")).as("the name is made before").matches(
                        "configmaps \"many-[a-z0-9]{5}\" is forbidden: .* denied request: it is fixed");
        assertTaken(name, map("x", "{\"a\":\"other\"}"));
    }

    @Test
    void errorsAreRefusalsUnlessTheyMayBe() throws Exception {
        String strict = policy("\"validations\": [{\"expression\": \"object.data.none == 'a'\"}]", DENY);
        assertThat(refused(strict, map("x", "{\"a\":\"b\"}")).path("message").asString("")).isEqualTo(denied(strict,
                "x", "expression 'object.data.none == 'a'' resulted in error: no such key: none"));
        String mild = policy("""
                "failurePolicy": "Ignore", "validations": [{"expression": "object.metadata.name != 'probe'"},
                 {"expression": "object.data.none == 'a'"}]""", DENY);
        refused(mild, map("probe", "{\"none\":\"a\"}"));
        assertTaken(mild, map("x", "{\"a\":\"b\"}"));
    }

    @Test
    void warnings() throws Exception {
        String name = policy("""
                "validations": [{"expression": "false", "message": "no good"},
                 {"expression": "object.metadata.name != 'probe'"}]""",
                "\"validationActions\": [\"Warn\", \"Audit\"]");
        GoldenClient.Answer answer = create(name, map("x", "{}"));
        for (int tries = 0; answer.header("warning").isEmpty(); tries++) {
            assertThat(tries).isLessThan(2000);
            answer = create(name, map("x", "{}"));
        }
        assertThat(answer.code()).isEqualTo(201);
        assertThat(answer.header("warning")).isEqualTo("299 - \"Validation failed for ValidatingAdmissionPolicy '"
                + name + "' with binding '" + name + "-b': no good\"");
    }

    @Test
    void conditionsVariablesAndWhatIsKnownOfTheRequest() throws Exception {
        String name = policy(
                """
                        "matchConditions": [{"name": "not-mine", "expression": "object.metadata.name != 'free'"}],
                        "variables": [{"name": "size", "expression": "object.data.size()"},
                         {"name": "large", "expression": "variables.size > 1"},
                         {"name": "wrong", "expression": "object.data.none"}],
                        "validations": [{"expression": "!variables.large", "message": "large"},
                         {"expression": "object.metadata.name != 'who'",
                          "messageExpression": "request.operation + ' ' + request.userInfo.username + ' in ' + namespaceObject.metadata.labels.tier"},
                         {"expression": "object.metadata.name != 'wrong' || variables.wrong == 'x'"},
                         {"expression": "object.metadata.name != 'old' || oldObject == null", "message": "no changes"},
                         {"expression": "object.metadata.name != 'may' || !authorizer.group('apps').resource('deployments').namespace('a').check('create').allowed()",
                          "message": "may"},
                         {"expression": "object.metadata.name != 'account' || authorizer.serviceAccount('a', 'b').path('/none').check('get').allowed()",
                          "message": "may not"},
                         {"expression": "object.metadata.name != 'own' || !authorizer.requestResource.check('delete').allowed()",
                          "message": "own"}]""",
                DENY);
        assertThat(refused(name, map("x", "{\"a\":\"b\",\"c\":\"d\"}")).path("message").asString("")).endsWith(
                "denied request: large");
        assertTaken(name, map("free", "{\"a\":\"b\",\"c\":\"d\"}"));
        assertThat(refused(name, map("who", "{\"a\":\"b\"}")).path("message").asString("")).endsWith(
                "denied request: CREATE admin in " + name);
        assertThat(refused(name, map("wrong", "{\"a\":\"b\"}")).path("message").asString("")).isEqualTo(
                denied(name, "wrong", "expression 'object.metadata.name != 'wrong' || variables.wrong == 'x'' resulted "
                        + "in error: composited variable \"wrong\" fails to evaluate: no such key: none"));
        assertThat(refused(name, map("may", "{\"a\":\"b\"}")).path("message").asString("")).endsWith("request: may");
        assertThat(refused(name, map("account", "{\"a\":\"b\"}")).path("message").asString("")).endsWith(
                "request: may not");
        assertThat(refused(name, map("own", "{\"a\":\"b\"}")).path("message").asString("")).endsWith("request: own");
        String at = "/api/v1/namespaces/" + name + "/configmaps";
        made(at, map("old", "{\"a\":\"b\"}"));
        assertThat(json(send("PUT", at + "/old", map("old", "{\"a\":\"c\"}"))).path("message").asString("")).isEqualTo(
                denied(name, "old", "no changes"));
    }

    @Test
    void parameters() throws Exception {
        String kind = "\"paramKind\": {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\"},"
                + "\"matchConditions\": [{\"name\": \"c\", \"expression\": \"!object.metadata.name.startsWith('limit')\"}],"
                + "\"validations\": [{\"expression\": \"object.data.a == params.data.a\", \"messageExpression\": "
                + "\"'must be ' + params.data.a\"}]";
        String named = policy(kind,
                DENY + ", \"paramRef\": {\"name\": \"limit\", \"parameterNotFoundAction\": \"Deny\"}");
        assertThat(refused(named, map("x", "{\"a\":\"b\"}")).path("message").asString("")).isEqualTo(denied(named, "x",
                "failed to configure binding: no params found for policy binding with `Deny` "
                        + "parameterNotFoundAction"));
        String chosen = policy(kind, DENY
                + ", \"paramRef\": {\"selector\": {\"matchLabels\": {\"k\": \"v\"}}, \"parameterNotFoundAction\": \"Allow\"}");
        String limits = "/api/v1/namespaces/" + chosen + "/configmaps";
        assertTaken(chosen, map("x", "{\"a\":\"b\"}"));
        made(limits, "{\"metadata\":{\"name\":\"limit-1\",\"labels\":{\"k\":\"v\"}},\"data\":{\"a\":\"c\"}}");
        made(limits, "{\"metadata\":{\"name\":\"limit-2\",\"labels\":{\"k\":\"w\"}},\"data\":{\"a\":\"b\"}}");
        assertThat(refused(chosen, map("x", "{\"a\":\"b\"}")).path("message").asString("")).isEqualTo(denied(chosen,
                "x", "must be c"));
        assertTaken(chosen, map("x", "{\"a\":\"c\"}"));
    }
}
