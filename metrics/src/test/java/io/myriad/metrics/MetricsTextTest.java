package io.myriad.metrics;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsTextTest {
    @Test
    void writesBoundsAsGoDoes() {
        String text = new MetricsText(() -> """
                a_bucket{le="1.0"} 1
                a_bucket{le="0.005"} 1
                a_bucket{le="10.0",verb="1.0"} 1
                """).get();

        assertThat(text).startsWith("""
                a_bucket{le="1"} 1
                a_bucket{le="0.005"} 1
                a_bucket{le="10",verb="1.0"} 1
                """);
    }

    @Test
    void addsTheProcess() {
        assertThat(new MetricsText(() -> "").get()).containsPattern("(?m)^process_cpu_seconds_total [0-9.E]+$");
    }

    @Test
    void readsMemoryAndLeavesOutWhatIsNotKnown() {
        assertThat(ProcessFigures.kibibytes("Name:\tjava\nVmRSS:\t   12 kB\n", "VmRSS:")).isEqualTo(12 * 1024);
        StringBuilder text = new StringBuilder();
        new ProcessFigures(1.5, -1, -1, 3, -1).write(text);
        assertThat(text.toString().lines().filter(line -> !line.startsWith("#")))
                .containsExactly("process_cpu_seconds_total 1.5", "process_open_fds 3");
    }
}
