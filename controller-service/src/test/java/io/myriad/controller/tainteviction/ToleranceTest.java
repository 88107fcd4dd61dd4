package io.myriad.controller.tainteviction;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.controller.model.Taint;
import io.myriad.controller.model.Toleration;

import static org.assertj.core.api.Assertions.assertThat;

class ToleranceTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
    private static final Taint LOST = new Taint("lost", "", "NoExecute", NOW.minusSeconds(100));

    @Test
    void aPodWithoutTolerationGoesAtOnceAndOneThatToleratesForEverStays() {
        assertThat(remaining()).isZero();
        assertThat(remaining(new Toleration("lost", true, "", "NoExecute", -1))).isEqualTo(Tolerance.FOR_EVER);
        assertThat(remaining(new Toleration("other", true, "", "", -1))).isZero();
    }

    @Test
    void theTimeRunsFromWhenTheTaintWasAdded() {
        assertThat(remaining(new Toleration("lost", true, "", "NoExecute", 300))).isEqualTo(200_000);
        assertThat(remaining(new Toleration("lost", true, "", "NoExecute", 60))).isZero();
    }

    @Test
    void ofSeveralTolerationsTheShortestCounts() {
        assertThat(remaining(new Toleration("lost", true, "", "NoExecute", 300), new Toleration("", true, "", "", 200)))
                .isEqualTo(100_000);
    }

    @Test
    void taintsThatOnlyKeepNewPodsAwayDoNotCount() {
        assertThat(Tolerance.remainingMillis(List.of(new Taint("full", "", "NoSchedule", null)), List.of(), NOW))
                .isEqualTo(Tolerance.FOR_EVER);
    }

    private static long remaining(Toleration... tolerations) {
        return Tolerance.remainingMillis(List.of(LOST), List.of(tolerations), NOW);
    }
}
