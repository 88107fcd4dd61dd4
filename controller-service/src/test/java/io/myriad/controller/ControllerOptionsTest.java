package io.myriad.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.control.serving.Serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ControllerOptionsTest {
    @Test
    void defaults() {
        ControllerOptions options = ControllerOptions.parse();
        assertThat(options.election())
                .isEqualTo(new ControllerOptions.Election(true, 15_000, 10_000, 2_000, "kube-system",
                        "kube-controller-manager"));
        assertThat(options.nodes()).isEqualTo(new ControllerOptions.Nodes(5_000, 50_000, 0.1, 0.01, 0.55, 50));
        assertThat(options.terminatedPodsMax()).isEqualTo(12_500);
        assertThat(options.serving()).isEqualTo(new Serving("127.0.0.1", 10_257, null, null, null));
        assertThat(options.managementPort()).isEqualTo(8083);
        assertThat(options.kubeconfig()).isNull();
        assertThat(options.concurrency()).containsEntry("--concurrent-deployment-syncs", 32)
                .containsEntry("--concurrent-namespace-syncs", 10).containsEntry("--concurrent-gc-syncs", 32);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"--no-such-flag, --no-such-flag", "--leader-elect-lease-duration=soon, --leader-elect-lease-duration",
            "--node-monitor-grace-period=-5s, --node-monitor-grace-period", "--secure-port=70000, --secure-port",
            "--secure-port=x, --secure-port", "--node-eviction-rate=fast, --node-eviction-rate",
            "--node-eviction-rate=-1, --node-eviction-rate", "--concurrent-gc-syncs=0, --concurrent-gc-syncs",
            "--controllers=deploymnt, deploymnt", "--controllers=-nothing, -nothing", "--servers=localhost, --servers",
            "--servers=ftp://a, --servers", "--leader-elect=perhaps, --leader-elect", "positional, positional"})
    void whatIsWrongIsNamedInOneLine(String flag, String named) {
        assertThatThrownBy(() -> ControllerOptions.parse(flag))
                .isInstanceOf(ControllerOptions.InvalidOptionException.class).hasMessageContaining(named)
                .extracting(e -> e.getMessage().lines().count()).isEqualTo(1L);
    }

    @ParameterizedTest(name = "--controllers={0}: {1} {2}")
    @CsvSource({"'*', deployment-controller, true", "'*,-deployment', deployment-controller, false",
            "'*,-deployment-controller', deployment-controller, false", "'*,-podgc', deployment-controller, true",
            "deployment, deployment-controller, true", "deployment, replicaset-controller, false"})
    void controllersByNameAndByTheirOldNames(String wanted, String name, boolean enabled) {
        List<String> list = ControllerOptions.parse("--controllers=" + wanted).controllers();
        assertThat(ControllerNames.enabled(list, name)).isEqualTo(enabled);
    }

    @Test
    void filesThatCannotBeUsedStopTheStartAndAreNamed(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> ControllerApplication.start("--kubeconfig", directory.resolve("none").toString(),
                "--management-port=0")).isInstanceOf(ControllerStartException.class)
                .hasMessageContaining(directory.resolve("none").toString());
        Path broken = Files.writeString(directory.resolve("broken"), "clusters: [");
        assertThatThrownBy(() -> ControllerApplication.start("--kubeconfig", broken.toString(), "--management-port=0"))
                .isInstanceOf(ControllerStartException.class).hasMessageContaining(broken.toString());
    }

    @Test
    void aPortInUseStopsTheStartAndIsNamed(@TempDir Path directory) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), """
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                contexts: [{name: x, context: {cluster: c}}]
                current-context: x
                """);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> ControllerApplication.start("--kubeconfig", kubeconfig.toString(),
                    "--management-port=0", "--secure-port=" + taken.getLocalPort()))
                    .isInstanceOf(ControllerStartException.class)
                    .hasMessageStartingWith("--secure-port: ").hasMessageContaining(":" + taken.getLocalPort());
        }
    }
}
