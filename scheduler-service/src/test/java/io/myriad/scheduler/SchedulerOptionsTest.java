package io.myriad.scheduler;

import java.net.URI;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SchedulerOptionsTest {
    @Test
    void defaults() {
        SchedulerOptions options = SchedulerOptions.parse();
        assertThat(options.kubeconfig()).isNull();
        assertThat(options.servers()).isEmpty();
        assertThat(options.schedulerName()).isEqualTo("default-scheduler");
        assertThat(options.election()).isEqualTo(
                new SchedulerOptions.Election("kube-system", "kube-scheduler", 15_000, 10_000, 2_000));
        assertThat(options.serving().address()).isEqualTo("127.0.0.1");
        assertThat(options.serving().port()).isEqualTo(10259);
        assertThat(options.serving().certificate()).isNull();
        assertThat(options.managementPort()).isEqualTo(8084);
    }

    @Test
    void takesBothWaysToWriteAFlag() {
        SchedulerOptions options = SchedulerOptions.parse("--kubeconfig", "/k", "--secure-port=0",
                "--servers=https://a:1,https://b:2", "--leader-elect=false", "--scheduler-name=x");
        assertThat(options.kubeconfig()).isEqualTo(Path.of("/k"));
        assertThat(options.serving().port()).isZero();
        assertThat(options.servers()).containsExactly(URI.create("https://a:1"), URI.create("https://b:2"));
        assertThat(options.election()).isNull();
        assertThat(SchedulerOptions.parse("--leader-elect").election()).isNotNull();
        assertThat(SchedulerOptions.parse("--leader-elect-lease-duration=20s").election().leaseDurationMillis())
                .isEqualTo(20_000);
    }

    @ParameterizedTest
    @CsvSource({"--nonsense=1,--nonsense", "--secure-port=x,--secure-port", "--secure-port=70000,--secure-port",
            "--servers=ftp://a,--servers", "--leader-elect-renew-deadline=soon,--leader-elect-renew-deadline",
            "--leader-elect-lease-duration=5s,--leader-elect-lease-duration",
            "--tls-cert-file=a,--tls-private-key-file"})
    void namesTheFlagThatIsWrong(String flag, String named) {
        assertThatThrownBy(() -> SchedulerOptions.parse(flag))
                .isInstanceOf(SchedulerOptions.InvalidOptionException.class).hasMessageContaining(named)
                .message().doesNotContain("\n");
    }
}
