package io.myriad.controller.deployment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RollbackTest {
    private final RolloutSample web = new RolloutSample().replicaSet("v1", 1, 0, 0).replicaSet("v2", 2, 0, 0)
            .image("v3").replicaSet("v3", 3, 10, 10);

    private Rollback rollback(String asked) {
        RolloutSample.annotate(web.deployment, Annotations.ROLLBACK_TO, asked);
        return Rollback.of(web.deployment, web.views());
    }

    private static String image(Rollback rollback) {
        return rollback.deployment().path("spec").path("template").path("spec").path("containers").get(0).path("image")
                .asString();
    }

    @Test
    void toARevision() {
        RolloutSample.annotate(web.deployment, "kubernetes.io/change-cause", "third");
        RolloutSample.annotate(web.replicaSets.getFirst(), "kubernetes.io/change-cause", "first");
        web.replicaSets.getFirst().withObject("spec").withObject("template").withObject("metadata")
                .withObject("labels").put(PodTemplates.HASH_LABEL, "abc");
        Rollback rollback = rollback("1");
        assertThat(image(rollback)).isEqualTo("v1");
        assertThat(rollback.message()).isEqualTo("Rolled back deployment \"web\" to revision 1");
        assertThat(rollback.deployment().path("spec").path("template").path("metadata").path("labels")
                .has(PodTemplates.HASH_LABEL)).isFalse();
        assertThat(RolloutSample.annotations(rollback.deployment()))
                .containsEntry("kubernetes.io/change-cause", "first")
                .doesNotContainKey(Annotations.ROLLBACK_TO);
    }

    @Test
    void zeroMeansTheOneBefore() {
        assertThat(image(rollback("0"))).isEqualTo("v2");
    }

    @Test
    void toWhatThereIsNotOrWhatIsThere() {
        assertThat(rollback("9").reason()).isEqualTo("DeploymentRollbackRevisionNotFound");
        assertThat(rollback("3").reason()).isEqualTo("DeploymentRollbackTemplateUnchanged");
        assertThat(image(rollback("9"))).isEqualTo("v3");
        assertThat(RolloutSample.annotations(rollback("9").deployment())).doesNotContainKey(Annotations.ROLLBACK_TO);
        web.replicaSets.subList(0, 2).clear();
        assertThat(rollback("0").message()).isEqualTo("Unable to find last revision.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "one", "1.5", "99999999999999999999"})
    void whatIsNoNumberAsksForNothing(String asked) {
        assertThat(rollback(asked)).isNull();
    }
}
