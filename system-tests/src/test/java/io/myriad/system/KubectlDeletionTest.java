package io.myriad.system;

import java.time.Duration;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** What goes, and what stays, when the real kubectl deletes. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlDeletionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static SharedCluster cluster;
    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        cluster = shared;
        kubectl = shared.kubectl("deletion");
    }

    @Test
    void inTheBackground() {
        running("background");
        assertThat(kubectl.run("delete", "deployment", "background"))
                .isEqualTo("deployment.apps \"background\" deleted from deletion namespace\n");
        gone("background");
    }

    @Test
    void inTheForegroundTheOwnerGoesLast() {
        running("foreground");
        kubectl.run("delete", "deployment", "foreground", "--cascade=foreground");
        assertThat(kubectl.run("get", "replicasets,pods", "-l", "app=foreground", "-o", "name")).isEmpty();
    }

    @Test
    void orphansStay() {
        running("orphan");
        kubectl.run("delete", "deployment", "orphan", "--cascade=orphan");
        assertThat(kubectl.run("get", "deployments", "-l", "app=orphan", "-o", "name")).isEmpty();
        assertThat(kubectl.run("get", "replicasets", "-l", "app=orphan", "-o",
                "jsonpath={.items[*].metadata.ownerReferences}")).isEmpty();
        assertThat(kubectl.run("get", "pods", "-l", "app=orphan", "-o", "name").lines()).hasSize(2);
        kubectl.run("delete", "replicaset", "-l", "app=orphan");
        gone("orphan");
    }

    @Test
    void atOnce() {
        kubectl.run("run", "forced", "--image=x");
        kubectl.run("wait", "--for=condition=Ready", "pod/forced", "--timeout=60s");
        Program.Output forced = kubectl.call("delete", "pod", "forced", "--grace-period=0", "--force");
        assertThat(forced.out()).isEqualTo("pod \"forced\" force deleted from deletion namespace\n");
        assertThat(forced.err()).startsWith("Warning: Immediate deletion does not wait");
        assertThat(kubectl.call("delete", "pod", "forced").err())
                .isEqualTo("Error from server (NotFound): pods \"forced\" not found\n");
    }

    @Test
    void aNamespaceTakesAllWithIt() {
        Program everywhere = cluster.kubectl();
        assertThat(everywhere.run("create", "namespace", "short-lived")).isEqualTo("namespace/short-lived created\n");
        everywhere.run("create", "deployment", "web", "--image=x", "--replicas=2", "-n", "short-lived");
        everywhere.run("rollout", "status", "deployment/web", "-n", "short-lived", "--timeout=60s");
        Printed namespaces = Printed.of(everywhere.run("get", "namespaces"));
        assertThat(namespaces.columns()).containsExactly("NAME", "STATUS", "AGE");
        assertThat(namespaces.column("NAME")).contains("default", "kube-node-lease", "kube-public", "kube-system",
                "short-lived");
        assertThat(everywhere.run("describe", "namespace", "short-lived")).contains(
                "kubernetes.io/metadata.name=short-lived", "Status:       Active", "No resource quota.");
        assertThat(everywhere.run("delete", "namespace", "short-lived"))
                .isEqualTo("namespace \"short-lived\" deleted\n");
        assertThat(everywhere.run("get", "all", "-n", "short-lived", "-o", "name")).isEmpty();
        assertThat(everywhere.call("get", "namespace", "short-lived").err())
                .isEqualTo("Error from server (NotFound): namespaces \"short-lived\" not found\n");
        assertThat(everywhere.call("create", "configmap", "late", "-n", "short-lived").err())
                .contains("namespaces \"short-lived\" not found");
        assertThat(everywhere.call("delete", "namespace", "default").err())
                .contains("(Forbidden)", "this namespace may not be deleted");
    }

    private static void running(String name) {
        kubectl.run("create", "deployment", name, "--image=x", "--replicas=2");
        kubectl.run("rollout", "status", "deployment/" + name, "--timeout=90s");
    }

    private static void gone(String name) {
        Eventually.holds("nothing is left of " + name, PATIENCE,
                () -> kubectl.run("get", "replicasets,pods", "-l", "app=" + name, "-o", "name").isEmpty());
    }
}
