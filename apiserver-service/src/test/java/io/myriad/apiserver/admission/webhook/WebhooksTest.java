package io.myriad.apiserver.admission.webhook;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.storage.ObjectLookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WebhooksTest {
    private static final GroupVersionResource CONFIG_MAPS = new GroupVersionResource("", "v1", "configmaps");

    private final Map<String, ObjectNode> known = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private HookServer server;

    @BeforeEach
    void start() throws Exception {
        server = new HookServer("127.0.0.1", "hook.team.svc");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Objects by resource and name. */
    private final ObjectLookup lookup = new ObjectLookup() {
        @Override
        public @Nullable ObjectNode cached(GroupVersionResource resource, String namespace, String name) {
            return known.get(resource.resource() + "/" + name);
        }

        @Override
        public @Nullable ObjectNode current(GroupVersionResource resource, String namespace, String name) {
            return cached(resource, namespace, name);
        }

        @Override
        public List<ObjectNode> select(GroupVersionResource resource, String namespace, String field, String value) {
            return known.entrySet().stream().filter(entry -> entry.getKey().startsWith(resource.resource() + "/"))
                    .map(Map.Entry::getValue).toList();
        }
    };

    /** Config maps have a second version, which calls their data otherwise. */
    private static final AdmittedObjects OBJECTS = new AdmittedObjects() {
        @Override
        public List<Version> otherVersions(GroupVersionResource resource) {
            return List.of(new Version(new GroupVersionResource("", "v2", "configmaps"),
                    new GroupVersionKind("", "v2", "ConfigMap")));
        }

        @Override
        public @Nullable Place place(GroupVersionKind kind) {
            return null;
        }

        @Override
        public ObjectNode converted(ObjectNode object, Version from, Version to) {
            ObjectNode copy = object.deepCopy();
            boolean newer = to.kind().version().equals("v2");
            copy.put("apiVersion", to.kind().apiVersion());
            if (copy.has(newer ? "data" : "entries")) {
                copy.set(newer ? "entries" : "data", copy.remove(newer ? "data" : "entries"));
            }
            return copy;
        }

        @Override
        public ObjectNode completed(ObjectNode patched, Version version) {
            return patched;
        }
    };

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    private String url() {
        return "{\"url\":\"https://127.0.0.1:" + server.port() + "/hook\",\"caBundle\":\"" + server.authorities()
                + "\"}";
    }

    private static ObjectNode configuration(String client, String more) {
        return json("{\"metadata\":{\"name\":\"c\"},\"webhooks\":[" + hook("a.example.com", client, more) + "]}");
    }

    private static String hook(String name, String client, String more) {
        return "{\"name\":\"" + name + "\",\"admissionReviewVersions\":[\"v1\"],\"timeoutSeconds\":5,\"clientConfig\":"
                + client + ",\"rules\":[{\"operations\":[\"CREATE\"],\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],"
                + "\"resources\":[\"configmaps\"]}]" + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private Supplier<List<List<Webhook>>> configured(ObjectNode configuration) {
        return () -> List.of(Webhook.of(configuration));
    }

    private WebhookClient client() {
        return new WebhookClient(new ServiceAddresses(lookup, new Random(1)));
    }

    private void validate(ObjectNode configuration) {
        new ValidatingWebhooks(configured(configuration), lookup, OBJECTS, client(), new Random(1))
                .validate(write(json("{\"data\":{\"a\":\"b\"}}")));
    }

    private ObjectNode admit(ObjectNode configuration, Runnable others) {
        AdmissionPlugin.Attributes write = write(json("{\"data\":{\"a\":\"b\"}}"));
        new MutatingWebhooks(configured(configuration), lookup, OBJECTS, client(), new Random(1)).admit(write, others);
        return write.object();
    }

    private AdmissionPlugin.Attributes write(ObjectNode object) {
        return new AdmissionPlugin.Attributes(AdmissionPlugin.Operation.CREATE, CONFIG_MAPS,
                new GroupVersionKind("", "v1", "ConfigMap"), "", "team", "x",
                new User("alice", "", List.of("devs"), Map.of()), object, null, false, warnings::add);
    }

    @Test
    void aRefusalReachesTheClientWithItsCodeAndWarnings() {
        server.answers(request -> {
            ObjectNode denied = json("""
                    {"allowed": false, "status": {"code": 403, "reason": "Forbidden", "message": "no"}}""");
            denied.putArray("warnings").add("careful");
            return denied;
        });
        assertThatThrownBy(() -> validate(configuration(url(), "")))
                .isInstanceOfSatisfying(StatusException.class, refused -> {
                    assertThat(refused.status().code()).isEqualTo(403);
                    assertThat(refused.status().message())
                            .isEqualTo("admission webhook \"a.example.com\" denied the request: no");
                });
        assertThat(warnings).containsExactly("careful");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path("userInfo").path("username").asString("")).isEqualTo("alice");
            assertThat(request.path("operation").asString("")).isEqualTo("CREATE");
            assertThat(request.path("object").path("data").path("a").asString("")).isEqualTo("b");
        });
    }

    @Test
    void aPatchChangesTheObject() {
        server.answers(request -> HookServer.patch("""
                [{"op": "add", "path": "/data/c", "value": "d"}]"""));
        assertThat(admit(configuration(url(), ""), () -> {})).isEqualTo(json("{\"data\":{\"a\":\"b\",\"c\":\"d\"}}"));
    }

    @Test
    void whoAsksToIsAskedAgainAfterAnothersChange() {
        ObjectNode two = json("{\"metadata\":{\"name\":\"c\"},\"webhooks\":["
                + hook("first.example.com", url(), "\"reinvocationPolicy\":\"IfNeeded\"") + ","
                + hook("second.example.com", url(), "") + "]}");
        server.answers(request -> request.path("object").path("data").has("c")
                ? HookServer.allow()
                : server.requests().size() == 1
                        ? HookServer.allow()
                        : HookServer.patch("[{\"op\": \"add\", \"path\": \"/data/c\", \"value\": \"d\"}]"));
        List<String> others = new ArrayList<>();
        admit(two, () -> others.add("run"));
        assertThat(server.requests()).hasSize(3);
        assertThat(others).containsExactly("run");
    }

    @Test
    void aHookForAnotherVersionGetsThatVersion() {
        server.answers(request -> HookServer.patch("[{\"op\": \"add\", \"path\": \"/entries/c\", \"value\": \"d\"}]"));
        String newer = configuration(url(), "").toString().replace("[\"v1\"],\"resources\"", "[\"v2\"],\"resources\"");
        assertThat(admit(json(newer), () -> {}).path("data")).isEqualTo(json("{\"a\":\"b\",\"c\":\"d\"}"));
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.path("kind").path("version").asString("")).isEqualTo("v2");
            assertThat(request.path("requestKind").path("version").asString("")).isEqualTo("v1");
        });
        server.requests().clear();
        String exact = newer.replace("\"timeoutSeconds\"", "\"matchPolicy\":\"Exact\",\"timeoutSeconds\"");
        admit(json(exact), () -> {});
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void failuresCountAsTheHookSays() {
        String nobody = "{\"url\":\"https://127.0.0.1:1/\"}";
        assertThatThrownBy(() -> validate(configuration(nobody, "")))
                .isInstanceOfSatisfying(StatusException.class,
                        failed -> assertThat(failed.status().code()).isEqualTo(500))
                .hasMessageContaining("failed calling webhook \"a.example.com\"");
        validate(configuration(nobody, "\"failurePolicy\":\"Ignore\""));
        server.answers(request -> HookServer.allow().put("uid", "another"));
        assertThatThrownBy(() -> validate(configuration(url(), ""))).hasMessageContaining("expected response.uid");
    }

    @Test
    void aServerMustProveWhoItIs() throws Exception {
        try (HookServer other = new HookServer("other.team.svc")) {
            String stranger = url().replace(Integer.toString(server.port()), Integer.toString(other.port()));
            assertThatThrownBy(() -> validate(configuration(stranger, ""))).hasMessageContaining("failed calling");
            String misnamed = "{\"url\":\"https://127.0.0.1:" + other.port() + "/\",\"caBundle\":\""
                    + other.authorities() + "\"}";
            assertThatThrownBy(() -> validate(configuration(misnamed, "")))
                    .hasMessageContaining("certificate is not valid for 127.0.0.1");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void aServiceIsReachedAtAReadyEndpoint() {
        known.put("services/hook", json("{\"spec\":{\"ports\":[{\"name\":\"https\",\"port\":443}]}}"));
        known.put("endpointslices/hook-1", json("""
                {"metadata": {"labels": {"kubernetes.io/service-name": "hook"}},
                 "ports": [{"name": "https", "port": %d}],
                 "endpoints": [{"addresses": ["192.0.2.1"], "conditions": {"ready": false}},
                               {"addresses": ["127.0.0.1"]}]}""".formatted(server.port())));
        validate(configuration("{\"service\":{\"namespace\":\"team\",\"name\":\"hook\",\"path\":\"/x\"},\"caBundle\":\""
                + server.authorities() + "\"}", ""));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void conditionsDecideWhetherAHookIsAsked() {
        String not = "\"matchConditions\":[{\"name\":\"c\",\"expression\":\"%s\"}]";
        validate(configuration(url(), not.formatted("request.userInfo.username == 'bob'")));
        validate(configuration(url(), not.formatted("has(object.data.z)")));
        assertThat(server.requests()).isEmpty();
        validate(configuration(url(), not.formatted("'devs' in request.userInfo.groups && object.data.a == 'b'")));
        assertThat(server.requests()).hasSize(1);
        assertThatThrownBy(() -> validate(configuration(url(), not.formatted("object.none.a == 'b'"))))
                .hasMessageContaining("match condition \"c\" cannot be evaluated");
        validate(configuration(url(), not.formatted("object.none.a == 'b'") + ",\"failurePolicy\":\"Ignore\""));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void selectorsChooseNamespacesAndObjects() {
        known.put("namespaces/team", json("{\"metadata\":{\"labels\":{\"env\":\"dev\"}}}"));
        validate(configuration(url(), "\"namespaceSelector\":{\"matchLabels\":{\"env\":\"prod\"}}"));
        validate(configuration(url(), "\"objectSelector\":{\"matchLabels\":{\"app\":\"a\"}}"));
        assertThat(server.requests()).isEmpty();
        validate(configuration(url(), "\"namespaceSelector\":{\"matchLabels\":{\"env\":\"dev\"}}"));
        assertThat(server.requests()).hasSize(1);
    }
}
