package io.myriad.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** One cluster's life: created, used, killed, stopped, started, deleted. The tests build on each other, in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterLifecycleTest {
    private static final String NAME = "system-test";
    private static final int NODES = 3;
    private static final int REPLICAS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    static Path home;
    private static MyriadCommand myriad;

    @BeforeAll
    static void create() throws Exception {
        myriad = new MyriadCommand(home);
        myriad.run("create", "cluster", "--name", NAME, "--nodes", Integer.toString(NODES), "--wait", "2m");
    }

    @AfterAll
    static void delete() throws Exception {
        myriad.call("delete", "cluster", "--name", NAME);
    }

    @Test
    @Order(1)
    void aDeploymentRunsOnHollowNodes() {
        try (KubernetesClient client = client()) {
            assertThat(client.nodes().list().getItems()).hasSize(NODES);
            client.apps().deployments().inNamespace("default").resource(deployment()).create();
            available(client);
            Set<String> nodes = new HashSet<>();
            for (Pod pod : pods(client)) {
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
        MyriadCommand.Result again = myriad.call("create", "cluster", "--name", NAME);
        assertThat(again.exitCode()).isNotZero();
        assertThat(again.output()).contains(NAME);
        try (KubernetesClient client = client()) {
            assertThat(pods(client)).hasSize(REPLICAS);
        }
    }

    @Test
    @Order(3)
    void killedProcessesComeBackAndNothingIsLost() throws Exception {
        try (KubernetesClient client = client()) {
            ConfigMap before = configMap(client, "before-the-kill");
            Set<Long> pids = pids();
            for (long pid : pids) {
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            }
            Eventually.holds("every process runs again", PATIENCE,
                    () -> pids().size() == pids.size() && pids().stream().noneMatch(pids::contains));
            Eventually.holds("the config map is there", PATIENCE, () -> client.configMaps().inNamespace("default")
                    .withName("before-the-kill").get().getMetadata().getUid().equals(before.getMetadata().getUid()));
            ConfigMap after = configMap(client, "after-the-kill");
            assertThat(version(after)).isGreaterThan(version(before));
            available(client);
            assertThat(myriad.status(NAME).path("deaths")).isNotEmpty();
        }
    }

    @Test
    @Order(4)
    void aLostPodIsReplaced() {
        try (KubernetesClient client = client()) {
            Pod lost = pods(client).getFirst();
            client.pods().inNamespace("default").withName(lost.getMetadata().getName()).withGracePeriod(0).delete();
            Eventually.holds("another pod runs in its place", PATIENCE, () -> {
                List<Pod> pods = pods(client);
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
        String uid;
        try (KubernetesClient client = client()) {
            uid = client.apps().deployments().inNamespace("default").withName("web").get().getMetadata().getUid();
        }
        Set<Long> pids = pids();
        myriad.run("stop", "--name", NAME);
        gone(pids);
        myriad.run("start", "--name", NAME);
        try (KubernetesClient client = client()) {
            assertThat(client.apps().deployments().inNamespace("default").withName("web").get().getMetadata().getUid())
                    .isEqualTo(uid);
            available(client);
        }
    }

    @Test
    @Order(6)
    void deletedItLeavesNothing() throws Exception {
        Set<Long> pids = pids();
        myriad.run("delete", "cluster", "--name", NAME);
        gone(pids);
        assertThat(home.resolve("myriad").resolve("clusters").resolve(NAME)).doesNotExist();
        assertThat(!Files.exists(myriad.kubeconfig()) || !Files.readString(myriad.kubeconfig()).contains(NAME))
                .isTrue();
    }

    private static Set<Long> pids() throws Exception {
        Set<Long> pids = new HashSet<>();
        for (JsonNode service : myriad.status(NAME).path("services")) {
            long pid = service.path("pid").longValue(0);
            if (pid != 0) {
                pids.add(pid);
            }
        }
        return pids;
    }

    /** A process that has ended is seen until its new parent has taken note. */
    private static void gone(Set<Long> pids) {
        Eventually.holds("no process is left", Duration.ofSeconds(10), () -> pids.stream()
                .noneMatch(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)));
    }

    private static KubernetesClient client() {
        Config config = new ConfigBuilder(Config.fromKubeconfig(myriad.kubeconfig().toFile()))
                .withRequestTimeout(10_000).build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Deployment deployment() {
        return new DeploymentBuilder().withNewMetadata().withName("web").endMetadata().withNewSpec()
                .withReplicas(REPLICAS).withNewSelector().withMatchLabels(Map.of("app", "web")).endSelector()
                .withNewTemplate().withNewMetadata().withLabels(Map.of("app", "web")).endMetadata().withNewSpec()
                .addNewContainer().withName("web").withImage("nginx").endContainer().endSpec().endTemplate().endSpec()
                .build();
    }

    private static ConfigMap configMap(KubernetesClient client, String name) {
        return client.configMaps().inNamespace("default").resource(
                new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().addToData("k", "v").build())
                .create();
    }

    private static long version(ConfigMap map) {
        return Long.parseLong(map.getMetadata().getResourceVersion());
    }

    private static List<Pod> pods(KubernetesClient client) {
        return client.pods().inNamespace("default").withLabel("app", "web").list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
    }

    private static void available(KubernetesClient client) {
        Eventually.holds("all replicas are available", PATIENCE, () -> {
            Deployment web = client.apps().deployments().inNamespace("default").withName("web").get();
            return Integer.valueOf(REPLICAS).equals(web.getStatus().getAvailableReplicas());
        });
    }
}
