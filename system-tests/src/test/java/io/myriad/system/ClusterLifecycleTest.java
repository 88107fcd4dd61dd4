package io.myriad.system;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.system.TestCluster.Service;

import static org.assertj.core.api.Assertions.assertThat;

/** The life of a cluster in one process: created, used, killed, stopped, started, deleted. The tests build on each other, in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterLifecycleTest {
    private static final int NODES = 3;
    private static final int REPLICAS = 5;

    @TempDir
    static Path home;
    private static TestCluster cluster;

    @BeforeAll
    static void create() throws Exception {
        cluster = TestCluster.create(home, "system-test", "--nodes", Integer.toString(NODES));
    }

    @AfterAll
    static void delete() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void aDeploymentRunsOnHollowNodes() {
        try (KubernetesClient client = cluster.client()) {
            assertThat(client.nodes().list().getItems()).hasSize(NODES);
            Web.create(client, REPLICAS);
            Web.awaitAvailable(client, REPLICAS);
            Set<String> nodes = new HashSet<>();
            for (Pod pod : Web.pods(client)) {
                assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
                assertThat(pod.getStatus().getPodIP()).isNotEmpty();
                nodes.add(pod.getSpec().getNodeName());
            }
            assertThat(nodes).hasSize(NODES);
        }
    }

    @Test
    @Order(2)
    void creatingItAgainChangesNothing() throws Exception {
        MyriadCommand.Result again = cluster.createAgain();
        assertThat(again.exitCode()).isNotZero();
        assertThat(again.output()).contains("system-test");
        try (KubernetesClient client = cluster.client()) {
            assertThat(Web.pods(client)).hasSize(REPLICAS);
        }
    }

    @Test
    @Order(3)
    void killedItComesBackAndNothingIsLost() throws Exception {
        try (KubernetesClient client = cluster.client()) {
            ConfigMap before = configMap(client, "before-the-kill");
            Service killed = cluster.services().getFirst();
            TestCluster.kill(killed.pid());
            cluster.awaitAnother(killed);
            Eventually.holds("the config map is there", TestCluster.PATIENCE,
                    () -> client.configMaps().inNamespace("default").withName("before-the-kill").get().getMetadata()
                            .getUid().equals(before.getMetadata().getUid()));
            ConfigMap after = configMap(client, "after-the-kill");
            assertThat(version(after)).isGreaterThan(version(before));
            Web.awaitAvailable(client, REPLICAS);
            assertThat(cluster.status().path("deaths")).isNotEmpty();
        }
    }

    @Test
    @Order(4)
    void aLostPodIsReplaced() {
        try (KubernetesClient client = cluster.client()) {
            Pod lost = Web.pods(client).getFirst();
            client.pods().inNamespace("default").withName(lost.getMetadata().getName()).withGracePeriod(0).delete();
            Eventually.holds("another pod runs in its place", TestCluster.PATIENCE, () -> {
                List<Pod> pods = Web.pods(client);
                return pods.size() == REPLICAS
                        && pods.stream().noneMatch(
                                pod -> pod.getMetadata().getUid().equals(lost.getMetadata().getUid()))
                        && pods.stream().allMatch(pod -> "Running".equals(pod.getStatus().getPhase()));
            });
        }
    }

    @Test
    @Order(5)
    void stoppedAndStartedItIsTheSameCluster() throws Exception {
        Inventory before;
        try (KubernetesClient client = cluster.client()) {
            before = Inventory.ofQuiet(client);
        }
        cluster.run("stop");
        cluster.awaitNoProcess();
        cluster.run("start");
        try (KubernetesClient client = cluster.client()) {
            before.assertKeptIn(Inventory.of(client));
            Web.awaitAvailable(client, REPLICAS);
            assertThat(version(configMap(client, "after-the-start"))).isGreaterThan(before.version());
        }
    }

    @Test
    @Order(6)
    void deletedItLeavesNothing() throws Exception {
        cluster.run("delete", "cluster");
        cluster.awaitNoProcess();
        assertThat(cluster.directory()).doesNotExist();
        assertThat(cluster.kubeconfig()).doesNotContain("system-test");
    }

    private static ConfigMap configMap(KubernetesClient client, String name) {
        return client.configMaps().inNamespace("default").resource(
                new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().addToData("k", "v").build())
                .create();
    }

    private static long version(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }
}
