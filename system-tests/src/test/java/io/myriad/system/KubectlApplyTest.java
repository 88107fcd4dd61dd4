package io.myriad.system;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** All the ways in which the real kubectl changes an object. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlApplyTest {
    private static SharedCluster cluster;
    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        cluster = shared;
        kubectl = shared.kubectl("changes");
    }

    @Test
    void threeKindsOfPatches() {
        kubectl.run("create", "deployment", "patched", "--image=x", "--replicas=0");
        assertThat(kubectl.run("patch", "deployment", "patched", "-p",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"x\",\"imagePullPolicy\":\"Never\"}]}}}}"))
                .isEqualTo("deployment.apps/patched patched\n");
        assertThat(kubectl.run("get", "deployment", "patched", "-o",
                "jsonpath={.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].imagePullPolicy}"))
                .isEqualTo("x Never");
        assertThat(kubectl.run("patch", "deployment", "patched", "--type=merge", "-p",
                "{\"metadata\":{\"labels\":{\"tier\":\"front\"}}}")).isEqualTo("deployment.apps/patched patched\n");
        assertThat(kubectl.run("patch", "deployment", "patched", "--type=json", "-p",
                "[{\"op\":\"remove\",\"path\":\"/metadata/labels/tier\"}]"))
                .isEqualTo("deployment.apps/patched patched\n");
        assertThat(kubectl.run("patch", "deployment", "patched", "-p", "{}"))
                .isEqualTo("deployment.apps/patched patched (no change)\n");
        Program.Output wrong = kubectl.call("patch", "deployment", "patched", "-p", "{\"spec\":{\"replicas\":-1}}");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).isEqualTo("The Deployment \"patched\" is invalid: spec.replicas: Invalid value: -1: "
                + "must be greater than or equal to 0\n");
        assertThat(kubectl.run("patch", "deployment", "patched", "--subresource=scale", "--type=merge", "-p",
                "{\"spec\":{\"replicas\":1}}")).isEqualTo("scale.autoscaling/patched patched\n");
    }

    @Test
    void labelsAndAnnotations() {
        kubectl.run("create", "configmap", "marked");
        assertThat(kubectl.run("label", "configmap", "marked", "a=b")).isEqualTo("configmap/marked labeled\n");
        assertThat(kubectl.call("label", "configmap", "marked", "a=c").err())
                .isEqualTo("error: 'a' already has a value (b), and --overwrite is false\n");
        kubectl.run("label", "configmap", "marked", "a=c", "--overwrite");
        assertThat(kubectl.run("get", "configmap", "marked", "--show-labels")).contains("a=c");
        assertThat(kubectl.run("label", "configmap", "marked", "a-")).isEqualTo("configmap/marked unlabeled\n");
        assertThat(kubectl.run("annotate", "configmap", "marked", "n=1")).isEqualTo("configmap/marked annotated\n");
        assertThat(kubectl.call("label", "configmap", "marked", "a=b c").err()).contains("a valid label must be");
    }

    @Test
    void editing() throws IOException {
        kubectl.run("create", "configmap", "edited", "--from-literal=key=before");
        assertThat(kubectl.with("EDITOR", cluster.editor("before", "after")).run("edit", "configmap", "edited"))
                .isEqualTo("configmap/edited edited\n");
        assertThat(kubectl.run("get", "configmap", "edited", "-o", "jsonpath={.data.key}")).isEqualTo("after");
        assertThat(kubectl.with("EDITOR", "true").call("edit", "configmap", "edited").err())
                .isEqualTo("Edit cancelled, no changes made.\n");
        kubectl.run("create", "quota", "edited", "--hard=pods=1");
        Program.Output wrong = kubectl.with("EDITOR", cluster.editor("pods: \"1\"", "pods: \"-1\"")).call("edit",
                "quota",
                "edited");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("resourcequotas \"edited\" is invalid",
                "A copy of your changes has been stored");
    }

    @Test
    void applyingOnTheClientsSide() throws IOException {
        String config = cluster.file("apply/client.yaml", manifest("one", "img:1", true));
        assertThat(kubectl.call("diff", "-f", config)).satisfies(diff -> {
            assertThat(diff.exitCode()).isEqualTo(1);
            assertThat(diff.out()).contains("+      - image: img:1", "+  name: one");
        });
        assertThat(kubectl.run("apply", "-f", config, "--dry-run=server")).isEqualTo(
                "configmap/one created (server dry run)\nconfigmap/one-more created (server dry run)\n"
                        + "deployment.apps/one created (server dry run)\n");
        assertThat(kubectl.run("apply", "-f", config)).isEqualTo(
                "configmap/one created\nconfigmap/one-more created\ndeployment.apps/one created\n");
        assertThat(kubectl.run("apply", "-f", config)).isEqualTo(
                "configmap/one unchanged\nconfigmap/one-more unchanged\ndeployment.apps/one unchanged\n");
        assertThat(kubectl.run("diff", "-f", config)).isEmpty();

        cluster.file("apply/client.yaml", manifest("one", "img:2", false));
        assertThat(kubectl.call("diff", "-f", config).out()).contains("-      - image: img:1", "+      - image: img:2",
                "-  generation: 1", "+  generation: 2");
        assertThat(
                kubectl.run("apply", "-f", config, "--prune", "-l", "set=one", "--prune-allowlist=core/v1/ConfigMap"))
                .isEqualTo("configmap/one unchanged\ndeployment.apps/one configured\nconfigmap/one-more pruned\n");
        assertThat(kubectl.run("apply", "view-last-applied", "deployment", "one")).contains("image: img:2");
    }

    @Test
    void applyingOnTheServersSide() throws IOException {
        String config = cluster.file("apply/server.yaml", configMap("served", "k: one"));
        assertThat(kubectl.run("apply", "--server-side", "-f", config))
                .isEqualTo("configmap/served serverside-applied\n");
        cluster.file("apply/server.yaml", configMap("served", "k: two"));
        Program.Output conflict = kubectl.call("apply", "--server-side", "--field-manager=other", "-f", config);
        assertThat(conflict.exitCode()).isEqualTo(1);
        assertThat(conflict.err()).startsWith(
                "error: Apply failed with 1 conflict: conflict with \"kubectl\": .data.k\n");
        kubectl.run("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", config);
        assertThat(kubectl.run("get", "configmap", "served", "--show-managed-fields", "-o",
                "jsonpath={range .metadata.managedFields[*]}{.manager}:{.operation}:{.fieldsV1} {end}"))
                .contains("other:Apply:{\"f:data\":{\"f:k\":{}}", "kubectl:Apply:{\"f:metadata\"")
                .doesNotContain("kubectl:Apply:{\"f:data\"");
        assertThat(kubectl.run("diff", "--server-side", "--field-manager=other", "-f", config)).isEmpty();
    }

    @Test
    void theApplyingSidesTakeOverFromEachOther() throws IOException {
        String config = cluster.file("apply/both.yaml", configMap("both", "k: one"));
        kubectl.run("apply", "-f", config);
        assertThat(kubectl.run("apply", "--server-side", "-f", config))
                .isEqualTo("configmap/both serverside-applied\n");
        cluster.file("apply/both.yaml", configMap("both", "l: two"));
        kubectl.run("apply", "--server-side", "-f", config);
        assertThat(kubectl.run("get", "configmap", "both", "-o", "jsonpath={.data}")).isEqualTo("{\"l\":\"two\"}");
    }

    @Test
    void replacing() throws IOException {
        String config = cluster.file("apply/replaced.yaml", configMap("replaced", "k: one"));
        assertThat(kubectl.call("replace", "-f", config).err())
                .contains("(NotFound)", "configmaps \"replaced\" not found");
        assertThat(kubectl.run("create", "-f", config)).isEqualTo("configmap/replaced created\n");
        assertThat(kubectl.call("create", "-f", config).err())
                .contains("(AlreadyExists)", "configmaps \"replaced\" already exists");
        assertThat(kubectl.run("replace", "-f", config)).isEqualTo("configmap/replaced replaced\n");
        assertThat(kubectl.run("replace", "--force", "-f", config)).endsWith("configmap/replaced replaced\n");
        assertThat(kubectl.runWith("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"piped\"}}",
                "create", "-f", "-")).isEqualTo("configmap/piped created\n");
        assertThat(kubectl.callWith("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"replaced\","
                + "\"resourceVersion\":\"1\"}}", "replace", "-f", "-").err()).contains("(Conflict)",
                        "the object has been modified; please apply your changes to the latest version and try again");
    }

    @Test
    void unknownFields() throws IOException {
        String config = cluster.file("apply/unknown.yaml", configMap("unknown", "k: one").replace("\ndata:", "\ndat:"));
        assertThat(kubectl.call("create", "-f", config).err())
                .contains("(BadRequest)", "strict decoding error: unknown field \"dat\"");
        Program.Output warned = kubectl.call("create", "--validate=warn", "-f", config);
        assertThat(List.of(warned.out(), warned.err())).containsExactly("configmap/unknown created\n",
                "Warning: unknown field \"dat\"\n");
        assertThat(kubectl.call("apply", "--validate=ignore", "-f", config).exitCode()).isZero();
    }

    private static String configMap(String name, String data) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %1$s, labels: {set: %1$s}}
                data: {"%2$s"}
                """.formatted(name, data.replace(": ", "\": \""));
    }

    private static String manifest(String name, String image, boolean more) {
        return configMap(name, "k: v") + "---\n"
                + (more
                        ? configMap(name + "-more", "k: v").replace("set: " + name + "-more", "set: " + name) + "---\n"
                        : "")
                + """
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: %1$s, labels: {set: %1$s}}
                        spec:
                          replicas: 1
                          selector: {matchLabels: {app: %1$s}}
                          template:
                            metadata: {labels: {app: %1$s}}
                            spec:
                              containers:
                              - {name: c, image: "%2$s", ports: [{containerPort: 8080}]}
                        """.formatted(name, image);
    }
}
