package io.myriad.system;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes in the hands of the real kubectl: what they look like, and taking one out of service. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlNodesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String NODE = "node-1";

    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        kubectl = shared.kubectl("nodes");
    }

    @AfterEach
    void inService() {
        kubectl.run("uncordon", NODE);
    }

    @Test
    void nodesAreListedAndDescribed() {
        Printed nodes = Printed.of(kubectl.run("get", "nodes", "-o", "wide"));
        assertThat(nodes.columns()).containsExactly("NAME", "STATUS", "ROLES", "AGE", "VERSION", "INTERNAL-IP",
                "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME");
        assertThat(nodes.rows()).hasSize(SharedCluster.NODES);
        assertThat(nodes.cell(NODE, "STATUS")).isEqualTo("Ready");
        assertThat(nodes.cell(NODE, "VERSION")).startsWith("v1.37.");
        Eventually.holds("the node's events tell of kubelet and controller", PATIENCE, () -> {
            String node = kubectl.run("describe", "node", NODE);
            String events = node.substring(node.indexOf("Events:"));
            return events.contains("Starting kubelet.") && events.contains("NodeReady")
                    && events.contains("RegisteredNode");
        });
        assertThat(kubectl.run("describe", "node", NODE)).contains("Roles:              <none>",
                "Taints:             <none>", "Unschedulable:      false", "HolderIdentity:  " + NODE,
                "KubeletReady                 kubelet is posting ready status", "Non-terminated Pods:",
                "Allocated resources:", "PodCIDR:  ");
    }

    @Test
    void drainedItIsEmpty() {
        kubectl.run("create", "deployment", "drained", "--image=x", "--replicas=6");
        kubectl.run("rollout", "status", "deployment/drained", "--timeout=90s");
        assertThat(kubectl.run("cordon", NODE)).isEqualTo("node/" + NODE + " cordoned\n");
        assertThat(kubectl.run("cordon", NODE)).isEqualTo("node/" + NODE + " already cordoned\n");
        assertThat(Printed.of(kubectl.run("get", "nodes")).cell(NODE, "STATUS"))
                .isEqualTo("Ready,SchedulingDisabled");
        String drained = kubectl.run("drain", NODE, "--ignore-daemonsets", "--pod-selector=app=drained",
                "--timeout=90s");
        assertThat(drained).contains("evicting pod nodes/drained-", "evicted\n")
                .endsWith("node/" + NODE + " drained\n");
        assertThat(kubectl.run("get", "pods", "--field-selector=spec.nodeName=" + NODE, "-o", "name")).isEmpty();
        kubectl.run("rollout", "status", "deployment/drained", "--timeout=90s");
        assertThat(kubectl.run("uncordon", NODE)).isEqualTo("node/" + NODE + " uncordoned\n");
    }

    @Test
    void aPodWithoutControllerIsDrainedByForce() {
        kubectl.run("run", "alone", "--image=x", "--labels=alone=yes",
                "--overrides={\"spec\":{\"nodeName\":\"" + NODE + "\"}}");
        kubectl.run("wait", "--for=condition=Ready", "pod/alone", "--timeout=60s");
        assertThat(kubectl.call("drain", NODE, "--pod-selector=alone=yes").err())
                .contains("cannot delete Pods that declare no controller (use --force to override): nodes/alone");
        assertThat(kubectl.run("drain", NODE, "--pod-selector=alone=yes", "--force"))
                .contains("pod/alone evicted");
    }

    @Test
    void aDisruptionBudgetHoldsADrainUp() {
        kubectl.run("run", "guarded", "--image=x", "--labels=guarded=yes",
                "--overrides={\"spec\":{\"nodeName\":\"" + NODE + "\"}}");
        kubectl.run("wait", "--for=condition=Ready", "pod/guarded", "--timeout=60s");
        kubectl.run("create", "pdb", "guard", "--selector=guarded=yes", "--min-available=1");
        Program.Output drain = kubectl.call("drain", NODE, "--pod-selector=guarded=yes", "--force", "--timeout=3s");
        assertThat(drain.exitCode()).isEqualTo(1);
        assertThat(drain.err()).contains("Cannot evict pod as it would violate the pod's disruption budget.");
        kubectl.run("delete", "pdb", "guard");
        kubectl.run("drain", NODE, "--pod-selector=guarded=yes", "--force", "--timeout=60s");
    }

    @Test
    void taints() {
        assertThat(kubectl.run("taint", "node", NODE, "dedicated=x:NoSchedule"))
                .isEqualTo("node/" + NODE + " tainted\n");
        assertThat(kubectl.run("describe", "node", NODE)).contains("Taints:             dedicated=x:NoSchedule");
        assertThat(kubectl.call("taint", "node", NODE, "dedicated=y:NoSchedule").err())
                .contains("already has dedicated taint(s) with same effect(s) and --overwrite is false");
        assertThat(kubectl.run("taint", "node", NODE, "dedicated-")).isEqualTo("node/" + NODE + " untainted\n");
        kubectl.run("run", "evicted", "--image=x", "--overrides={\"spec\":{\"nodeName\":\"" + NODE + "\"}}");
        kubectl.run("wait", "--for=condition=Ready", "pod/evicted", "--timeout=60s");
        kubectl.run("taint", "node", NODE, "out=now:NoExecute");
        kubectl.run("wait", "--for=delete", "pod/evicted", "--timeout=60s");
        kubectl.run("taint", "node", NODE, "out-");
    }
}
