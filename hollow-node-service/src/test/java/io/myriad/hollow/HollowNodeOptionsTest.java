package io.myriad.hollow;

import java.net.URI;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.hollow.core.NodeProfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HollowNodeOptionsTest {
    @Test
    void defaults() {
        HollowNodeOptions options = HollowNodeOptions.parse();
        assertThat(options.kubeconfig()).isNull();
        assertThat(options.servers()).isEmpty();
        assertThat(options.nodes()).isEqualTo(10);
        assertThat(options.serving().address()).isEqualTo("127.0.0.1");
        assertThat(options.managementPort()).isEqualTo(8085);
        assertThat(options.profile())
                .isEqualTo(new NodeProfile("node-", 32_000, 256L << 30, 110, 40, 300_000, 100, 100, 10250));
    }

    @Test
    void takesBothWaysToWriteAFlag() {
        HollowNodeOptions options = HollowNodeOptions.parse("--kubeconfig", "/k", "--nodes=3", "--cpu=500m",
                "--memory", "1Gi", "--pods=20", "--servers=https://a:1", "--pod-start-delay=2s",
                "--node-name-prefix=x-");
        assertThat(options.kubeconfig()).isEqualTo(Path.of("/k"));
        assertThat(options.nodes()).isEqualTo(3);
        assertThat(options.servers()).containsExactly(URI.create("https://a:1"));
        assertThat(options.profile())
                .isEqualTo(new NodeProfile("x-", 500, 1L << 30, 20, 40, 300_000, 2_000, 100, 10250));
    }

    @ParameterizedTest
    @CsvSource({"--nonsense=1,--nonsense", "--nodes=-1,--nodes", "--nodes=x,--nodes", "--nodes=40000,--nodes",
            "--cpu=much,--cpu", "--memory=0,--memory", "--pods=0,--pods", "--pod-start-delay=soon,--pod-start-delay",
            "--servers=ftp://a,--servers", "--tls-cert-file=a,--tls-private-key-file"})
    void namesTheFlagThatIsWrong(String flag, String named) {
        assertThatThrownBy(() -> HollowNodeOptions.parse(flag))
                .isInstanceOf(HollowNodeOptions.InvalidOptionException.class).hasMessageContaining(named)
                .message().doesNotContain("\n");
    }
}
