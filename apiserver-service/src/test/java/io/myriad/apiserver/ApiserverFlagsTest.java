package io.myriad.apiserver;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ApiserverFlagsTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {"--no-such-flag|--no-such-flag", "--secure-port=x|--secure-port",
            "--max-requests-inflight=many|--max-requests-inflight", "--request-timeout=soon|--request-timeout",
            "--authorization-mode=Perhaps|--authorization-mode", "--goaway-chance=often|--goaway-chance",
            "--service-cluster-ip-range=nowhere|--service-cluster-ip-range", "positional|positional",
            "--service-node-port-range=5|--service-node-port-range",
            "--runtime-config=api/all=perhaps|--runtime-config", "--bind-address=nowhere|--bind-address",
            "--feature-gates=NoSuchGate=true|NoSuchGate"})
    void whatIsWrongIsNamedInOneLine(String flag, String named) {
        assertThatThrownBy(() -> ApiserverFlags.parse("--etcd-servers=http://127.0.0.1:1", flag))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named)
                .extracting(e -> e.getMessage().lines().count()).isEqualTo(1L);
    }

    @Test
    void theStoreHasToBeNamed() {
        assertThatThrownBy(() -> ApiserverFlags.parse()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--etcd-servers");
        assertThat(ApiserverFlags.parse("--etcd-servers=http://127.0.0.1:1")).isNotNull();
    }
}
