package io.myriad.system;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** A Deployment's life in the hands of the real kubectl. The tests build on each other, in order. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KubectlWorkloadsTest {
    private static final String AGE = "\\d+(s|m|m\\d+s)";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static SharedCluster cluster;
    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        cluster = shared;
        kubectl = shared.kubectl("workloads");
    }

    @Test
    @Order(1)
    void createdADeploymentRollsOut() {
        assertThat(kubectl.run("create", "deployment", "web", "--image=nginx", "--replicas=4"))
                .isEqualTo("deployment.apps/web created\n");
        assertThat(rollout()).endsWith("deployment \"web\" successfully rolled out\n");
        Printed deployments = Printed.of(kubectl.run("get", "deployments", "-o", "wide"));
        assertThat(deployments.columns()).containsExactly("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE",
                "CONTAINERS", "IMAGES", "SELECTOR");
        assertThat(deployments.rows().getFirst()).startsWith("web", "4/4", "4", "4").endsWith("nginx", "nginx",
                "app=web");
        assertThat(deployments.cell("web", "AGE")).matches(AGE);
    }

    @Test
    @Order(2)
    void podsAreListedWithNodesAndAddresses() {
        Printed pods = Printed.of(kubectl.run("get", "pods", "-o", "wide"));
        assertThat(pods.columns()).containsExactly("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE",
                "NOMINATED NODE", "READINESS GATES");
        assertThat(pods.rows()).hasSize(4).allSatisfy(row -> {
            assertThat(row.get(0)).matches("web-[a-z0-9]+-[a-z0-9]{5}");
            assertThat(row.subList(1, 4)).containsExactly("1/1", "Running", "0");
            assertThat(row.get(4)).matches(AGE);
            assertThat(row.get(5)).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
            assertThat(row.get(6)).matches("node-\\d");
            assertThat(row.subList(7, 9)).containsExactly("<none>", "<none>");
        });
        assertThat(kubectl.run("get", "all")).contains("pod/web-", "deployment.apps/web", "replicaset.apps/web-");
    }

    @Test
    @Order(3)
    void eventsTellTheStory() {
        Eventually.holds("the events of all parts are there", PATIENCE, () -> {
            Printed events = Printed.of(kubectl.run("get", "events"));
            return events.columns().equals(List.of("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"))
                    && events.column("REASON").containsAll(List.of("ScalingReplicaSet", "SuccessfulCreate",
                            "Scheduled", "Pulled", "Created", "Started"));
        });
        assertThat(kubectl.run("get", "events")).contains("deployment/web").contains("Scaled up replica set web-")
                .contains("Created pod: web-").contains("Successfully assigned workloads/web-");
        assertThat(kubectl.run("events", "--for", "deployment/web")).contains("Deployment/web", "ScalingReplicaSet")
                .doesNotContain("Pod/");
        assertThat(kubectl.run("get", "events", "--field-selector", "involvedObject.kind=Pod,reason=Scheduled"))
                .contains("Scheduled").doesNotContain("Started");
    }

    @Test
    @Order(4)
    void descriptionsAreWhole() {
        assertThat(kubectl.run("describe", "deployment", "web")).contains(
                "Replicas:               4 desired | 4 updated | 4 total | 4 available | 0 unavailable",
                "StrategyType:           RollingUpdate", "NewReplicaSetAvailable", "ScalingReplicaSet");
        assertThat(kubectl.run("describe", "rs", "-l", "app=web")).contains("Controlled By:  Deployment/web",
                "Replicas:       4 current / 4 desired", "SuccessfulCreate");
        String pod = kubectl.run("describe", pod());
        assertThat(pod).contains("Service Account:  default", "Controlled By:  ReplicaSet/web-",
                "State:          Running",
                "QoS Class:                   BestEffort", "node.kubernetes.io/not-ready:NoExecute op=Exists for 300s");
        assertThat(pod.substring(pod.indexOf("Events:"))).contains("default-scheduler", "Successfully assigned",
                "kubelet");
    }

    @Test
    @Order(5)
    void watchingShowsEveryStep() throws Exception {
        try (Running watch = kubectl.start(cluster.home().resolve("watch.txt"), "get", "pods", "-w")) {
            Eventually.holds("the list is printed", PATIENCE,
                    () -> watch.output().startsWith("NAME") && watch.output().lines().count() == 5);
            kubectl.run("run", "watched", "--image=nginx");
            kubectl.run("wait", "--for=condition=Ready", "pod/watched", "--timeout=60s");
            kubectl.run("delete", "pod", "watched");
            Eventually.holds("the pod has passed through its states", PATIENCE, () -> {
                String seen = watch.output();
                int pending = seen.indexOf("Pending", seen.indexOf("watched"));
                int creating = seen.indexOf("ContainerCreating", pending);
                return pending > 0 && seen.indexOf("Running", Math.max(creating, pending)) > 0;
            });
        }
    }

    @Test
    @Order(6)
    void scaling() {
        assertThat(kubectl.run("scale", "deployment", "web", "--replicas=2"))
                .isEqualTo("deployment.apps/web scaled\n");
        Eventually.holds("two pods are left", PATIENCE,
                () -> kubectl.run("get", "pods", "-o", "name").lines().count() == 2);
        assertThat(kubectl.call("scale", "deployment", "web", "--current-replicas=7", "--replicas=3").err())
                .contains("Expected replicas to be 7, was 2");
    }

    @Test
    @Order(7)
    void rollingUpdateUndoAndHistory() {
        assertThat(kubectl.run("set", "image", "deployment/web", "nginx=nginx:1.27"))
                .isEqualTo("deployment.apps/web image updated\n");
        rollout();
        assertThat(images()).containsOnly("nginx:1.27");
        kubectl.run("annotate", "deployment/web", "kubernetes.io/change-cause=the newer image");
        assertThat(kubectl.run("rollout", "history", "deployment/web")).containsSubsequence("deployment.apps/web",
                "REVISION  CHANGE-CAUSE", "1         <none>", "2         the newer image");
        assertThat(kubectl.run("rollout", "history", "deployment/web", "--revision=2")).contains(
                "with revision #2", "nginx:1.27");
        assertThat(kubectl.run("rollout", "undo", "deployment/web")).isEqualTo("deployment.apps/web rolled back\n");
        rollout();
        assertThat(images()).containsOnly("nginx");
        assertThat(kubectl.run("rollout", "history", "deployment/web")).contains("\n2 ", "\n3 ").doesNotContain(
                "\n1 ");
    }

    @Test
    @Order(8)
    void pausedItWaitsAndRestartedItChangesItsPods() {
        assertThat(kubectl.run("rollout", "pause", "deployment/web")).isEqualTo("deployment.apps/web paused\n");
        kubectl.run("set", "image", "deployment/web", "nginx=nginx:1.28");
        assertThat(kubectl.call("rollout", "undo", "deployment/web").err())
                .contains("you cannot rollback a paused deployment");
        assertThat(images()).containsOnly("nginx");
        assertThat(kubectl.run("rollout", "resume", "deployment/web")).isEqualTo("deployment.apps/web resumed\n");
        rollout();
        assertThat(images()).containsOnly("nginx:1.28");
        List<String> before = kubectl.run("get", "pods", "-o", "name").lines().toList();
        assertThat(kubectl.run("rollout", "restart", "deployment/web")).isEqualTo("deployment.apps/web restarted\n");
        rollout();
        Eventually.holds("no old pod is left", PATIENCE, () -> {
            List<String> now = kubectl.run("get", "pods", "-o", "name").lines().toList();
            return now.size() == 2 && now.stream().noneMatch(before::contains);
        });
    }

    @Test
    @Order(9)
    void exposedItHasEndpoints() {
        assertThat(kubectl.run("expose", "deployment", "web", "--port=80", "--target-port=8080"))
                .isEqualTo("service/web exposed\n");
        Eventually.holds("both pods are endpoints", PATIENCE, () -> kubectl.run("get", "endpointslices", "-o",
                "jsonpath={.items[*].endpoints[*].addresses[0]}").split(" ").length == 2);
        Printed services = Printed.of(kubectl.run("get", "services", "-o", "wide"));
        assertThat(services.columns()).containsExactly("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE",
                "SELECTOR");
        assertThat(services.rows().getFirst()).startsWith("web", "ClusterIP").contains("<none>", "80/TCP", "app=web");
        assertThat(kubectl.run("describe", "service", "web")).containsPattern(
                "Endpoints: +\\d+\\.\\d+\\.\\d+\\.\\d+:8080,\\d+\\.\\d+\\.\\d+\\.\\d+:8080");
    }

    @Test
    @Order(10)
    void thereAreNoContainersToLookInto() {
        Program.Output logs = kubectl.call("logs", "deployment/web");
        assertThat(logs.exitCode()).isEqualTo(1);
        assertThat(logs.err()).contains("there are no containers behind pod web-");
        assertThat(kubectl.call("exec", pod(), "--", "ls").err()).contains("there are no containers behind pod web-");
    }

    private static String rollout() {
        return kubectl.run("rollout", "status", "deployment/web", "--timeout=90s");
    }

    private static String pod() {
        return kubectl.run("get", "pods", "-l", "app=web", "-o", "name").lines().findFirst().orElseThrow();
    }

    /** The images of the pods that are not on their way out. */
    private static List<String> images() {
        return kubectl.run("get", "pods", "-l", "app=web", "-o",
                "go-template={{range .items}}{{if not .metadata.deletionTimestamp}}{{(index .spec.containers 0).image}}"
                        + "{{\"\\n\"}}{{end}}{{end}}")
                .lines().toList();
    }
}
