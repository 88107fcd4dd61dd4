package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.wait.strategy.Wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * docker-compose.yml, started. Skipped where no daemon of Docker's answers or the images are not there: this test builds
 * none and pulls none. docs/compose.md tells how to make them where nothing can be pulled.
 */
class ComposeTest {
    private static final List<String> IMAGES = List.of("store", "apiserver", "controller", "scheduler",
            "hollow-nodes", "cli");
    private static final int NODES = 3;
    private static final int API_PORT = 6443;
    private static final int SOCKET_SECONDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    private Path directory;

    @Test
    void theWholeSystemRunsInContainersAndOutlivesALostApiServer() throws Exception {
        // Asked with a limit, and before Testcontainers is: without a daemon, or without its helper images, that waits for minutes.
        assumeTrue(succeeds("docker", "version", "--format", "{{.Server.Version}}"),
                "skipped: no daemon of Docker's answers");
        assumeTrue(succeeds("docker", "compose", "version"), "skipped: there is no docker compose");
        for (String image : IMAGES) {
            assumeTrue(succeeds("docker", "image", "inspect", "myriad/" + image),
                    "skipped: there is no image myriad/" + image + "; see docs/compose.md");
        }
        assumeTrue("true".equals(System.getenv("TESTCONTAINERS_RYUK_DISABLED")),
                "skipped: without TESTCONTAINERS_RYUK_DISABLED=true an image would be pulled");
        try (ComposeContainer compose = compose()) {
            compose.start();
            ContainerState apiServer = compose.getContainerByServiceName("apiserver-1-1").orElseThrow();
            try (KubernetesClient client = client(compose)) {
                Eventually.holds("all nodes are ready", PATIENCE, () -> {
                    List<Node> nodes = client.nodes().list().getItems();
                    return nodes.size() == NODES && nodes.stream().allMatch(ComposeTest::ready);
                });
                Workload.create(client);
                apiServer.getDockerClient().killContainerCmd(apiServer.getContainerId()).exec();
            }
            assertThat(apiServer.isRunning()).isFalse();
            try (KubernetesClient other = client(compose, "apiserver-2-1")) {
                other.apps().deployments().inNamespace("default").withName("web").scale(NODES);
                Eventually.holds("the deployment is scaled through the other server", PATIENCE,
                        () -> Integer.valueOf(NODES).equals(other.apps().deployments().inNamespace("default")
                                .withName("web").get().getStatus().getAvailableReplicas()));
            }
        }
    }

    private static boolean ready(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready") && condition.getStatus().equals("True"));
    }

    private static ComposeContainer compose() {
        String base = System.getenv().getOrDefault("BASE_IMAGE", "myriad-base");
        return new ComposeContainer("myriad", MyriadCommand.checkout().resolve("docker-compose.yml").toFile())
                .withPull(false).withBuild(false)
                .withEnv(Map.of("NODES", Integer.toString(NODES), "BASE_IMAGE", base, "PROMETHEUS_IMAGE", base,
                        "GRAFANA_IMAGE", base))
                .withServices("hollow-nodes", "controller-1", "controller-2", "scheduler-1", "scheduler-2")
                .waitingFor("apiserver-1-1", Wait.forHealthcheck().withStartupTimeout(PATIENCE))
                .waitingFor("apiserver-2-1", Wait.forHealthcheck().withStartupTimeout(PATIENCE))
                .withStartupTimeout(PATIENCE);
    }

    private KubernetesClient client(ComposeContainer compose) throws IOException, InterruptedException {
        return client(compose, "apiserver-1-1");
    }

    /** A client of one API server, through its port on this machine, as the user who made the cluster. */
    private KubernetesClient client(ComposeContainer compose, String server) throws IOException, InterruptedException {
        ContainerState container = compose.getContainerByServiceName(server).orElseThrow();
        Path file = directory.resolve("admin.conf");
        if (!Files.exists(file)) {
            Files.writeString(file, container.execInContainer("cat", "/pki/admin.conf").getStdout());
        }
        String port = container.getContainerInfo().getNetworkSettings().getPorts().getBindings().entrySet().stream()
                .filter(entry -> entry.getKey().getPort() == API_PORT).findFirst().orElseThrow()
                .getValue()[0].getHostPortSpec();
        Config config = new ConfigBuilder(Config.fromKubeconfig(file.toFile()))
                .withMasterUrl("https://localhost:" + port).withRequestTimeout(20_000).build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (!process.waitFor(SOCKET_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
