package io.myriad.controller.tainteviction;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;
import io.myriad.controller.model.Taint;
import io.myriad.controller.model.Toleration;

import static org.assertj.core.api.Assertions.assertThat;

class EvictionTest {
    private static Instant at(long seconds) {
        return Samples.START.plusSeconds(seconds);
    }

    private static Taint taint(String key, long added) {
        return new Taint(key, "", Taint.NO_EXECUTE, at(added));
    }

    private static Instant deadline(PodSample pod, Taint... taints) {
        return Eviction.deadline(pod.build(), List.of(taints), at(5000));
    }

    @Test
    void withoutATaintThatExecutesAPodStays() {
        assertThat(deadline(new PodSample("p"))).isNull();
        assertThat(deadline(new PodSample("p"), new Taint("a", "", Taint.NO_SCHEDULE, at(1)))).isNull();
    }

    @Test
    void withoutATolerationItGoesAtOnce() {
        assertThat(deadline(new PodSample("p"), taint("a", 1000))).isEqualTo(Instant.EPOCH);
        assertThat(deadline(new PodSample("p").tolerates("b", 300), taint("a", 1000))).isEqualTo(Instant.EPOCH);
        assertThat(deadline(new PodSample("p").tolerates("a", 300), taint("a", 1000), taint("b", 1000)))
                .as("each taint must be tolerated").isEqualTo(Instant.EPOCH);
    }

    @Test
    void aToleratedTaintIsToleratedForItsSeconds() {
        assertThat(deadline(new PodSample("p").tolerates("a", 300), taint("a", 1000))).isEqualTo(at(1300));
        assertThat(deadline(new PodSample("p").tolerates("a", 0), taint("a", 1000))).isEqualTo(at(1000));
        assertThat(deadline(new PodSample("p").tolerates("a", -1), taint("a", 1000))).isNull();
        assertThat(deadline(new PodSample("p").tolerates("a", 300).tolerates("b", 60), taint("a", 1000),
                taint("b", 1100))).as("the earliest").isEqualTo(at(1160));
        assertThat(deadline(new PodSample("p").tolerates("a", -1).tolerates("b", 60), taint("a", 1000),
                taint("b", 1100))).isEqualTo(at(1160));
    }

    @Test
    void aPodMadeLaterIsNotPunishedForWhatWasBefore() {
        assertThat(deadline(new PodSample("p").created(2000).tolerates("a", 300), taint("a", 1000)))
                .isEqualTo(at(2300));
    }

    @Test
    void ofSeveralTolerationsTheFirstThatFitsCounts() {
        assertThat(deadline(new PodSample("p").tolerates("", -1).tolerates("a", 300), taint("a", 1000))).isNull();
        assertThat(deadline(new PodSample("p").tolerates("a", 300).tolerates("", -1), taint("a", 1000)))
                .isEqualTo(at(1300));
    }

    @Test
    void aTaintThatDoesNotSaySinceWhenCountsFromWhenItWasNoticed() {
        assertThat(deadline(new PodSample("p").tolerates("a", 300), new Taint("a", "", Taint.NO_EXECUTE, null)))
                .isEqualTo(at(5300));
    }

    @ParameterizedTest(name = "key {0} exists {1} value {2} effect {3} -> {4}")
    @CsvSource({"k, false, v, NoExecute, true", "k, false, w, NoExecute, false", "k, true, '', NoExecute, true",
            "k, true, '', '', true", "k, true, '', NoSchedule, false", "'', true, '', '', true",
            "j, true, '', '', false",
            "k, false, v, '', true"})
    void tolerates(String key, boolean exists, String value, String effect, boolean expected) {
        assertThat(new Toleration(key, exists, value, effect, -1)
                .tolerates(new Taint("k", "v", Taint.NO_EXECUTE, null))).isEqualTo(expected);
    }
}
