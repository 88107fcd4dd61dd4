package io.myriad.controller.deployment;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;

class DeploymentViewTest {
    /** Surge is rounded up and unavailability down; both nothing would stop a rollout, so then one may be missing. */
    @ParameterizedTest(name = "{0} replicas, surge {1}, unavailable {2}")
    @CsvSource({"10, 3, 2, 3, 2", "10, 25%, 25%, 3, 2", "1, 25%, 25%, 1, 0", "2, 25%, 1%, 1, 0", "4, 0, 1%, 0, 1",
            "1, 0%, 1%, 0, 1", "100, 1%, 99%, 1, 99", "3, 34%, 34%, 2, 1", "0, 25%, 25%, 0, 0", "0, 3, 2, 3, 0",
            "2, 0, 5, 0, 2", "7, 100%, 0, 7, 0", "10, 150%, 100%, 15, 10"})
    void limits(int replicas, String surge, String unavailable, int maxSurge, int maxUnavailable) {
        DeploymentView view = DeploymentView.of(Samples.json("{'metadata':{'name':'web'},'spec':{'replicas':" + replicas
                + ",'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':" + quoted(surge)
                + ",'maxUnavailable':" + quoted(unavailable) + "}}}}"));
        assertThat(view.maxSurge()).isEqualTo(maxSurge);
        assertThat(view.maxUnavailable()).isEqualTo(maxUnavailable);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"600, 600", "2147483647, "})
    void theLargestNumberMeansNoLimit(int value, Integer expected) {
        DeploymentView view = DeploymentView.of(Samples.json("{'metadata':{'name':'web'},'spec':{"
                + "'progressDeadlineSeconds':" + value + ",'revisionHistoryLimit':" + value + "}}"));
        assertThat(view.progressDeadlineSeconds()).isEqualTo(expected);
        assertThat(view.historyLimit()).isEqualTo(expected);
    }

    private static String quoted(String value) {
        return value.endsWith("%") ? "'" + value + "'" : value;
    }
}
