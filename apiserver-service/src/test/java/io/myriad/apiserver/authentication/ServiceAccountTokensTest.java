package io.myriad.apiserver.authentication;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.ObjectLookup;
import io.myriad.certificates.KeyPairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServiceAccountTokensTest {
    private static final List<String> AUDIENCES = List.of("https://cluster");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;
    private final KeyPair keys = KeyPairs.generate();
    private final Objects objects = new Objects();
    private final ServiceAccountTokens tokens = tokens(keys);
    private final ObjectNode account = objects.put("serviceaccounts", "ns", "robot", """
            {"metadata": {"name": "robot", "namespace": "ns", "uid": "u-1"}}""");

    @Test
    void aTokenNamesItsAccountUntilItExpires() {
        String token = issue("{\"spec\": {\"audiences\": [\"https://cluster\"], \"expirationSeconds\": 600}}");
        User user = tokens.review(token, AUDIENCES);
        assertThat(user).isNotNull();
        assertThat(user.name()).isEqualTo("system:serviceaccount:ns:robot");
        assertThat(user.uid()).isEqualTo("u-1");
        assertThat(user.groups()).containsExactly("system:serviceaccounts", "system:serviceaccounts:ns");
        now = now.plusSeconds(601);
        assertThat(tokens.review(token, AUDIENCES)).isNull();
    }

    @Test
    void aTokenForAnotherAudienceOrOfAnotherKeyIsRefused() {
        String token = issue("{\"spec\": {\"audiences\": [\"elsewhere\"], \"expirationSeconds\": 600}}");
        assertThat(tokens.review(token, AUDIENCES)).isNull();
        assertThat(tokens.review(token, List.of("elsewhere"))).isNotNull();
        assertThat(tokens(KeyPairs.generate()).review(token, List.of("elsewhere"))).isNull();
        assertThat(tokens.review(token.substring(0, token.length() - 4) + "AAAA", List.of("elsewhere"))).isNull();
        assertThat(tokens.review("a.b.c", AUDIENCES)).isNull();
    }

    @Test
    void aTokenEndsWithItsAccount() {
        String token = issue("{\"spec\": {\"audiences\": [\"https://cluster\"], \"expirationSeconds\": 600}}");
        objects.put("serviceaccounts", "ns", "robot", """
                {"metadata": {"name": "robot", "namespace": "ns", "uid": "u-2"}}""");
        assertThat(tokens.review(token, AUDIENCES)).isNull();
    }

    @Test
    void aTokenEndsWithThePodItIsBoundTo() {
        objects.put("pods", "ns", "p", """
                {"metadata": {"name": "p", "uid": "p-1"}, "spec": {"serviceAccountName": "robot", "nodeName": "n"}}""");
        String token = issue("""
                {"spec": {"audiences": ["https://cluster"], "expirationSeconds": 600,
                  "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "p"}}}""");
        User user = tokens.review(token, AUDIENCES);
        assertThat(user).isNotNull();
        assertThat(user.extra()).containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
                .containsEntry("authentication.kubernetes.io/node-name", List.of("n"));
        objects.remove("pods", "ns", "p");
        assertThat(tokens.review(token, AUDIENCES)).isNull();
    }

    @Test
    void nothingIsIssuedForAPodOfAnotherAccountOrAnUnknownKind() {
        objects.put("pods", "ns", "p", """
                {"metadata": {"name": "p", "uid": "p-1"}, "spec": {"serviceAccountName": "other"}}""");
        assertThatThrownBy(() -> issue("""
                {"spec": {"boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "p"}}}"""))
                .isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> issue("""
                {"spec": {"boundObjectRef": {"apiVersion": "v1", "kind": "ConfigMap", "name": "c"}}}"""))
                .isInstanceOf(StatusException.class);
    }

    @Test
    void rsaKeysSignToo() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        ServiceAccountTokens rsa = tokens(generator.generateKeyPair());
        ObjectNode request = json("{\"spec\": {\"audiences\": [\"https://cluster\"], \"expirationSeconds\": 600}}");
        rsa.issue(request, account);
        assertThat(rsa.review(request.path("status").path("token").stringValue(), AUDIENCES)).isNotNull();
    }

    @Test
    void aSigningKeyThatNobodyCouldCheckIsRefused() {
        assertThatThrownBy(() -> new ServiceAccountTokens("iss", AUDIENCES, keys.getPrivate(),
                List.of(KeyPairs.generate().getPublic()), objects, clock)).isInstanceOf(IllegalArgumentException.class);
    }

    private String issue(String json) {
        ObjectNode request = json(json);
        tokens.issue(request, account);
        return request.path("status").path("token").stringValue();
    }

    private ServiceAccountTokens tokens(KeyPair pair) {
        return new ServiceAccountTokens("https://issuer", AUDIENCES, pair.getPrivate(), List.of(pair.getPublic()),
                objects, clock);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    /** Objects by hand. */
    private static final class Objects implements ObjectLookup {
        private final Map<String, ObjectNode> map = new HashMap<>();

        ObjectNode put(String resource, String namespace, String name, String text) {
            ObjectNode object = json(text);
            map.put(resource + "/" + namespace + "/" + name, object);
            return object;
        }

        void remove(String resource, String namespace, String name) {
            map.remove(resource + "/" + namespace + "/" + name);
        }

        @Override
        public @Nullable ObjectNode cached(GroupVersionResource resource, String namespace, String name) {
            return map.get(resource.resource() + "/" + namespace + "/" + name);
        }

        @Override
        public @Nullable ObjectNode current(GroupVersionResource resource, String namespace, String name) {
            return cached(resource, namespace, name);
        }

        @Override
        public List<ObjectNode> select(GroupVersionResource resource, String namespace, String field, String value) {
            return List.of();
        }
    }
}
