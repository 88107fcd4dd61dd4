package io.myriad.apiserver.storage;

import org.junit.jupiter.api.Test;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StorageKeysTest {
    private final StorageKeys keys = new StorageKeys("/registry/");

    private StoredKind of(String group, String version, String resource) {
        return keys.builtin(Schema.builtin().resource(new GroupVersionResource(group, version, resource)));
    }

    @Test
    void keysAreUpstreams() {
        assertThat(of("", "v1", "pods").key("a", "x")).isEqualTo("/registry/pods/a/x");
        assertThat(of("", "v1", "nodes").key("", "x")).isEqualTo("/registry/minions/x");
        assertThat(of("", "v1", "services").key("a", "x")).isEqualTo("/registry/services/specs/a/x");
        assertThat(of("", "v1", "endpoints").key("a", "x")).isEqualTo("/registry/services/endpoints/a/x");
        assertThat(of("", "v1", "replicationcontrollers").key("a", "x")).isEqualTo("/registry/controllers/a/x");
        assertThat(of("networking.k8s.io", "v1", "ingresses").key("a", "x")).isEqualTo("/registry/ingress/a/x");
        assertThat(of("apps", "v1", "deployments")).isEqualTo(new StoredKind("/registry/deployments/", true,
                new GroupVersionKind("apps", "v1", "Deployment"), StoredKind.Encoding.PROTOBUF));
        assertThat(of("apiextensions.k8s.io", "v1", "customresourcedefinitions").encoding())
                .isEqualTo(StoredKind.Encoding.JSON);
        assertThat(new StorageKeys("/other/").builtin(Schema.builtin()
                .resource(new GroupVersionResource("", "v1", "pods"))).prefix()).isEqualTo("/other/pods/");
    }

    @Test
    void resourcesWithTheSameObjectsAreStoredAlike() {
        assertThat(of("events.k8s.io", "v1", "events")).isEqualTo(of("", "v1", "events"));
        assertThat(of("autoscaling", "v1", "horizontalpodautoscalers"))
                .isEqualTo(of("autoscaling", "v2", "horizontalpodautoscalers"));
        assertThat(of("certificates.k8s.io", "v1", "podcertificaterequests").kind().version()).isEqualTo("v1beta1");
    }

    @Test
    void everyResourceThatCanBeReadHasAKey() {
        for (Resource resource : Schema.builtin().resources()) {
            if (resource.verbs().contains("watch")) {
                StoredKind kind = keys.builtin(resource);
                boolean known = Schema.builtin().kind(kind.kind()) != null;
                assertThat(known || kind.encoding() == StoredKind.Encoding.JSON).as("%s", kind).isTrue();
            } else {
                assertThatThrownBy(() -> keys.builtin(resource)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void customResourcesAreJsonBelowTheirGroup() {
        StoredKind kind = keys.custom(new GroupVersionResource("ex.io", "v2", "things"), true,
                new GroupVersionKind("ex.io", "v1", "Thing"));
        assertThat(kind.key("a", "x")).isEqualTo("/registry/ex.io/things/a/x");
        assertThat(kind.encoding()).isEqualTo(StoredKind.Encoding.JSON);
    }

    @Test
    void placesAreReadFromKeys() {
        StoredKind pods = of("", "v1", "pods");
        StoredKind nodes = of("", "v1", "nodes");
        assertThat(pods.place("/registry/pods/a/x")).isEqualTo(new StoredKind.Place("a", "x"));
        assertThat(nodes.place("/registry/minions/x")).isEqualTo(new StoredKind.Place("", "x"));
        for (String key : new String[]{"/registry/pods/", "/registry/pods/a", "/registry/pods/a/", "/registry/pods//x",
                "/registry/pods/a/x/y", "/registry/podsa/x", "/registry/po"}) {
            assertThat(pods.place(key)).as(key).isNull();
        }
        assertThat(nodes.place("/registry/minions/a/x")).isNull();
        assertThat(nodes.place("/registry/minions/")).isNull();
        assertThat(StoredKind.end("/registry/pods/")).isEqualTo("/registry/pods0");
    }

    @Test
    void continueTokensAreUpstreams() {
        ContinueToken token = ContinueToken.after(17, "a/x");
        assertThat(token.encode()).isEqualTo("eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTcsInN0YXJ0IjoiYS94XHUwMDAwIn0");
        assertThat(ContinueToken.decode(token.encode())).isEqualTo(token);
        assertThat(ContinueToken.decode(new ContinueToken(ContinueToken.INCONSISTENT, "/x").encode()))
                .isEqualTo(new ContinueToken(-1, "x"));
        for (String bad : new String[]{"", "x", "%%%", "e30", new ContinueToken(0, "a").encode(),
                new ContinueToken(5, "").encode(), new ContinueToken(5, "../b").encode(),
                "eyJ2IjoidjkiLCJydiI6NSwic3RhcnQiOiJhIn0"}) {
            assertThatThrownBy(() -> ContinueToken.decode(bad)).as(bad).isInstanceOfSatisfying(StatusException.class,
                    failure -> assertThat(failure.status().code()).isEqualTo(400));
        }
    }

    @Test
    void keyOrderIsThatOfUtf8() {
        String[] keys = {"a-b/x", "a/x", "a/x-1", "a/x.1", "a/xy", "b/", "b/x", "b/\uFFFD", "b/\uD83D\uDE00", "c"};
        for (int i = 0; i < keys.length; i++) {
            for (int j = 0; j < keys.length; j++) {
                int slash = keys[i].indexOf('/');
                String namespace = slash < 0 ? "" : keys[i].substring(0, slash);
                String name = keys[i].substring(slash + 1);
                assertThat(Integer.signum(KeyOrder.compareToText(namespace, name, keys[j])))
                        .as("%s %s", keys[i], keys[j])
                        .isEqualTo(Integer.signum(i - j));
                assertThat(Integer.signum(KeyOrder.compare(keys[i], keys[j]))).isEqualTo(Integer.signum(i - j));
            }
        }
    }
}
