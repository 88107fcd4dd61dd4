package io.myriad.system;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Every form in which the real kubectl shows objects, and what it says of those that are not there. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlReadingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PODS = 5;

    private static SharedCluster cluster;
    private static Program kubectl;

    @BeforeAll
    static void pods(SharedCluster shared) {
        cluster = shared;
        kubectl = shared.kubectl("reading");
        kubectl.run("create", "deployment", "read", "--image=nginx", "--replicas=" + PODS);
        kubectl.run("rollout", "status", "deployment/read", "--timeout=90s");
    }

    @Test
    void outputFormats() {
        JsonNode json = JsonMapper.shared().readTree(kubectl.run("get", "deployment", "read", "-o", "json"));
        assertThat(json.path("kind").stringValue()).isEqualTo("Deployment");
        assertThat(json.path("metadata").has("managedFields")).isFalse();
        String yaml = kubectl.run("get", "deployment", "read", "-o", "yaml");
        assertThat(yaml).startsWith("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n").contains(
                "    rollingUpdate:\n      maxSurge: 25%\n      maxUnavailable: 25%\n",
                "  readyReplicas: " + PODS + "\n");
        assertThat(kubectl.run("get", "pods", "-o", "name").lines()).hasSize(PODS)
                .allMatch(line -> line.startsWith("pod/read-"));
        assertThat(kubectl.run("get", "deployment", "read", "-o", "jsonpath={.status.replicas}"))
                .isEqualTo(Integer.toString(PODS));
        Printed own = Printed.of(
                kubectl.run("get", "pods", "-o", "custom-columns=POD:.metadata.name,IMAGE:.spec.containers[*].image"));
        assertThat(own.columns()).containsExactly("POD", "IMAGE");
        assertThat(own.column("IMAGE")).hasSize(PODS).containsOnly("nginx");
        assertThat(kubectl.run("get", "pods", "-L", "app").lines().toList().getFirst()).endsWith("AGE   APP");
        assertThat(kubectl.run("get", "pods", "--no-headers").lines()).hasSize(PODS);
        List<String> sorted = Printed.of(kubectl.run("get", "pods", "--sort-by=.metadata.name")).column("NAME");
        assertThat(sorted).isSorted();
    }

    @Test
    void chunksAndSelectors() {
        String whole = kubectl.run("get", "pods", "-o", "name");
        assertThat(kubectl.run("get", "pods", "-o", "name", "--chunk-size=2")).isEqualTo(whole);
        assertThat(kubectl.run("get", "pods", "-A", "--chunk-size=1", "--no-headers")).contains("reading");
        assertThat(kubectl.run("get", "pods", "-o", "name", "-l", "app in (read,other)")).isEqualTo(whole);
        assertThat(kubectl.call("get", "pods", "-l", "app notin (read)").err())
                .isEqualTo("No resources found in reading namespace.\n");
        assertThat(kubectl.run("get", "pods", "-o", "name", "--field-selector", "status.phase=Running"))
                .isEqualTo(whole);
        String first = whole.lines().findFirst().orElseThrow().substring("pod/".length());
        assertThat(kubectl.run("get", "pods", "-o", "name", "--field-selector", "metadata.name!=" + first).lines())
                .hasSize(PODS - 1);
        assertThat(kubectl.call("get", "pods", "--field-selector", "spec.nope=x").err()).contains("(BadRequest)",
                "spec.nope");
    }

    @Test
    void waiting() {
        kubectl.run("run", "awaited", "--image=x");
        assertThat(kubectl.run("wait", "--for=condition=Ready", "pod/awaited", "--timeout=60s"))
                .isEqualTo("pod/awaited condition met\n");
        assertThat(kubectl.run("wait", "--for=jsonpath={.status.phase}=Running", "pod/awaited", "--timeout=60s"))
                .isEqualTo("pod/awaited condition met\n");
        assertThat(kubectl.run("wait", "--for=condition=Available", "deployment", "--all", "--timeout=60s"))
                .isEqualTo("deployment.apps/read condition met\n");
        Program.Output never = kubectl.call("wait", "--for=condition=Never", "pod/awaited", "--timeout=1s");
        assertThat(never.exitCode()).isEqualTo(1);
        assertThat(never.err()).contains("timed out waiting for the condition on pods/awaited");
        kubectl.run("delete", "pod", "awaited", "--wait=false");
        kubectl.run("wait", "--for=delete", "pod/awaited", "--timeout=60s");
    }

    @Test
    void watchesOfOtherKinds() throws Exception {
        try (Running watch = kubectl.start(cluster.home().resolve("configmaps.txt"), "get", "configmaps", "-w",
                "--output-watch-events")) {
            Eventually.holds("the list is printed", PATIENCE, () -> watch.output().contains("kube-root-ca.crt"));
            kubectl.run("create", "configmap", "seen");
            kubectl.run("label", "configmap", "seen", "a=b");
            kubectl.run("delete", "configmap", "seen");
            Eventually.holds("every change is printed", PATIENCE, () -> watch.output()
                    .matches("(?s)EVENT +NAME +DATA +AGE\n.*ADDED +seen.*MODIFIED +seen.*DELETED +seen.*"));
        }
    }

    @Test
    void whatIsNotThere() {
        assertThat(kubectl.call("get", "pod", "nope").err())
                .isEqualTo("Error from server (NotFound): pods \"nope\" not found\n");
        assertThat(kubectl.run("get", "pod", "nope", "--ignore-not-found")).isEmpty();
        assertThat(kubectl.call("get", "nopes").err())
                .isEqualTo("error: the server doesn't have a resource type \"nopes\"\n");
        assertThat(kubectl.call("get", "pods", "-n", "nope").err())
                .isEqualTo("No resources found in nope namespace.\n");
        assertThat(kubectl.call("get", "--raw", "/nope").err())
                .isEqualTo("Error from server (NotFound): the server could not find the requested resource\n");
        assertThat(kubectl.call("top", "nodes").err()).isEqualTo("error: Metrics API not available\n");
    }
}
