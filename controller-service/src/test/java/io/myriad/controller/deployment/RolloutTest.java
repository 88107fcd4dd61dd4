package io.myriad.controller.deployment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

class RolloutTest {
    private final RolloutSample web = new RolloutSample();

    // ---- rolling ----------------------------------------------------------------------------------------------

    @Test
    void theFirstReplicaSetGetsAllReplicas() {
        Rollout.Decision decision = web.step();
        assertThat(decision.creation().replicas()).isEqualTo(10);
        assertThat(decision.creation().annotations()).containsEntry(Annotations.REVISION, "1")
                .containsEntry(Annotations.DESIRED_REPLICAS, "10").containsEntry(Annotations.MAX_REPLICAS, "13");
        assertThat(decision.revision()).isEqualTo("1");
    }

    @Test
    void aRolloutStepsThroughTheStatesThatUpstreamDocuments() {
        web.replicaSet("v1", 1, 10, 10).image("v2").step();
        assertThat(web.sizes()).isEqualTo("8+3");
        RolloutSample.status(web.replicaSets.get(0), 8, 8);
        RolloutSample.status(web.replicaSets.get(1), 3, 0);
        web.step();
        assertThat(web.sizes()).as("room for 13 in all").isEqualTo("8+5");
        RolloutSample.status(web.replicaSets.get(1), 5, 0);
        web.step();
        assertThat(web.sizes()).as("nothing new is available").isEqualTo("8+5");
        RolloutSample.status(web.replicaSets.get(1), 5, 3);
        web.step();
        assertThat(web.sizes()).isEqualTo("5+5");
    }

    /** Sizes of the old and the new ReplicaSet, how many of each are available, and the sizes after one step. */
    @ParameterizedTest(name = "{0} replicas, {1} and {2}: {3} ({4}), {5} ({6}) -> {7}")
    @CsvSource({
            // what is not available anyway goes first
            "10, 3, 2, 10, 8, 3, 0, 8+3", "10, 3, 2, 10, 0, 3, 0, 8+3", "10, 0, 2, 10, 3, 0, 0, 8+0",
            // new ones that are not available hold old ones back
            "10, 3, 2, 8, 8, 5, 0, 8+5", "10, 3, 2, 8, 8, 5, 5, 3+5", "10, 3, 0, 10, 10, 3, 2, 8+3",
            // no surge
            "3, 0, 1, 3, 3, 0, 0, 2+0", "3, 0, 1, 2, 2, 0, 0, 2+1", "3, 0, 1, 2, 2, 1, 1, 1+1",
            // one at a time
            "1, 1, 0, 1, 1, 0, 0, 1+1", "1, 1, 0, 1, 1, 1, 0, 1+1", "1, 1, 0, 1, 1, 1, 1, 0+1",
            // too many new ones
            "4, 1, 1, 0, 0, 6, 6, 0+4"})
    void oneStep(int replicas, int surge, int unavailable, int old, int oldAvailable, int fresh, int freshAvailable,
            String expected) {
        web.limits(surge, unavailable).replicas(replicas).replicaSet("v1", 1, old, oldAvailable);
        web.image("v2").replicaSet("v2", 2, fresh, freshAvailable).step();
        assertThat(web.sizes()).isEqualTo(expected);
    }

    @Test
    void podsOfReplicaSetsThatWereToldToHaveNoneDoNotCountAsAvailable() {
        web.replicaSet("v0", 1, 0, 0).replicaSet("v1", 2, 8, 4).image("v2").replicaSet("v2", 3, 3, 1);
        RolloutSample.status(web.replicaSets.getFirst(), 5, 5); // being deleted, not yet seen to be gone
        web.step();
        web.step();
        assertThat(RolloutSample.replicas(web.replicaSets.get(1))).as("old pods that are left")
                .isGreaterThanOrEqualTo(7);
    }

    @Test
    void aChangeOfMindInTheMiddleShrinksBothOldReplicaSetsOldestFirst() {
        web.replicaSet("v1", 1, 8, 8).replicaSet("v2", 2, 5, 5).image("v3").step();
        assertThat(web.sizes()).isEqualTo("3+5+0");
    }

    // ---- recreate ---------------------------------------------------------------------------------------------

    @Test
    void recreateWaitsForTheLastOldPod() {
        web.recreate().replicaSet("v1", 1, 3, 3).replicas(3);
        RolloutSample.annotate(web.replicaSets.getFirst(), Annotations.DESIRED_REPLICAS, "3");
        web.image("v2").step("uid-0");
        assertThat(web.sizes()).isEqualTo("0");
        assertThat(web.step("uid-0").creation()).as("its status still has replicas").isNull();
        RolloutSample.status(web.replicaSets.getFirst(), 0, 0);
        assertThat(web.step("uid-0").creation()).as("a pod still runs").isNull();
        assertThat(web.step().creation().replicas()).isEqualTo(3);
        assertThat(web.sizes()).isEqualTo("0+3");
    }

    // ---- scaling ----------------------------------------------------------------------------------------------

    @Test
    void scalingAfterARolloutChangesTheOnlyActiveReplicaSet() {
        web.replicaSet("v0", 1, 0, 0).replicaSet("v1", 2, 10, 10).replicas(20).step();
        assertThat(web.sizes()).isEqualTo("0+20");
        assertThat(RolloutSample.annotations(web.replicaSets.get(1)))
                .containsEntry(Annotations.DESIRED_REPLICAS, "20").containsEntry(Annotations.MAX_REPLICAS, "23");
    }

    /** In the middle of a rollout, or when it is paused, each gets its share; the rest goes to the largest. */
    @ParameterizedTest(name = "{0}+{1} of 10, surge 3, to {2} -> {3}")
    @CsvSource({"8, 5, 20, 14+9", "5, 8, 20, 9+14", "8, 5, 5, 5+3", "8, 5, 0, 0+0", "1, 12, 30, 3+30",
            "10, 3, 10, 10+3",
            "6, 7, 3, 3+3", "2, 2, 30, 5+28", "11, 2, 11, 12+2"})
    void proportionalScaling(int old, int fresh, int replicas, String expected) {
        web.replicaSet("v1", 1, old, old).image("v2").replicaSet("v2", 2, fresh, 0).paused(true).replicas(replicas)
                .step();
        assertThat(web.sizes()).isEqualTo(expected);
        assertThat(web.replicaSets).allSatisfy(one -> assertThat(RolloutSample.replicas(one) == 0
                ? Integer.toString(replicas)
                : RolloutSample.annotations(one).get(Annotations.DESIRED_REPLICAS))
                .isEqualTo(Integer.toString(replicas)));
    }

    @Test
    void aPausedDeploymentCreatesNothing() {
        assertThat(web.paused(true).step().creation()).isNull();
        web.paused(false).step();
        web.image("v2").paused(true);
        assertThat(web.step().creation()).isNull();
        assertThat(web.sizes()).isEqualTo("10");
    }

    // ---- revisions --------------------------------------------------------------------------------------------

    @Test
    void goingBackToAnOldTemplateMakesItsReplicaSetTheNewestRevision() {
        web.replicaSet("v1", 1, 0, 0).replicaSet("v2", 2, 10, 10).step();
        Rollout.Decision decision = web.image("v1").step();
        assertThat(decision.creation()).isNull();
        assertThat(decision.revision()).isEqualTo("3");
        assertThat(RolloutSample.annotations(web.replicaSets.getFirst())).containsEntry(Annotations.REVISION, "3")
                .containsEntry(Annotations.REVISION_HISTORY, "1");
        assertThat(web.sizes()).isEqualTo("3+8");
    }

    @Test
    void annotationsAreCopiedButForTheReplicaSetsOwn() {
        RolloutSample.annotate(web.deployment, "kubernetes.io/change-cause", "why");
        RolloutSample.annotate(web.deployment, "kubectl.kubernetes.io/last-applied-configuration", "{}");
        RolloutSample.annotate(web.deployment, Annotations.REVISION, "7");
        assertThat(web.step().creation().annotations()).containsEntry("kubernetes.io/change-cause", "why")
                .doesNotContainKey("kubectl.kubernetes.io/last-applied-configuration")
                .containsEntry(Annotations.REVISION, "1");
    }

    @Test
    void ofTwoReplicaSetsWithTheTemplateTheOldestIsTheOne() {
        web.replicaSet("v1", 1, 0, 0).replicaSet("v1", 2, 0, 0).step();
        assertThat(web.sizes()).isEqualTo("10+0");
    }

    @Test
    void historyKeepsTheNewestRevisionsOnceTheRolloutIsComplete() {
        web.deployment.withObject("spec").put("revisionHistoryLimit", 2);
        web.replicaSet("v3", 3, 0, 0).replicaSet("v1", 1, 0, 0).replicaSet("v2", 2, 0, 0).replicaSet("v4", 4, 0, 0)
                .image("v5").replicaSet("v5", 5, 10, 9);
        assertThat(web.step().deletions()).as("not complete").isEmpty();
        RolloutSample.status(web.replicaSets.getLast(), 10, 10);
        web.step();
        assertThat(web.step().deletions()).extracting(ReplicaSetView::revision).containsExactly(1L, 2L);
        assertThat(web.step().deletions()).isEmpty();
    }

    @Test
    void historyNeverDeletesWhatStillHasPodsOrWasNotLookedAt() {
        web.deployment.withObject("spec").put("revisionHistoryLimit", 0);
        web.replicaSet("v1", 1, 0, 0).replicaSet("v2", 2, 0, 0).replicaSet("v3", 3, 0, 0).image("v4")
                .replicaSet("v4", 4, 10, 10);
        RolloutSample.status(web.replicaSets.get(0), 1, 0);
        web.replicaSets.get(1).withObject("metadata").put("generation", 5);
        web.replicaSets.get(2).withObject("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        web.paused(true);
        assertThat(web.step().deletions()).isEmpty();
    }

    @Test
    void oneThatIsBeingDeletedOnlyReports() {
        web.replicaSet("v1", 1, 10, 4).image("v2");
        web.deployment.withObject("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        Rollout.Decision decision = web.step();
        assertThat(decision.creation()).isNull();
        assertThat(decision.changes()).isEmpty();
        assertThat(decision.status().path("availableReplicas").asInt()).isEqualTo(4);
    }

    // ---- status -----------------------------------------------------------------------------------------------

    @Test
    void statusCountsAndAvailability() {
        web.replicaSet("v1", 1, 8, 7).image("v2").replicaSet("v2", 2, 5, 1).step();
        ObjectNode status = (ObjectNode) web.deployment.path("status");
        assertThat(status.path("replicas").asInt()).isEqualTo(13);
        assertThat(status.path("updatedReplicas").asInt()).isEqualTo(5);
        assertThat(status.path("readyReplicas").asInt()).isEqualTo(8);
        assertThat(status.path("unavailableReplicas").asInt()).isGreaterThan(0);
        assertThat(status.path("observedGeneration").asLong())
                .isEqualTo(web.deployment.path("metadata").path("generation").asLong());
        assertThat(web.condition("Available", "reason")).isEqualTo("MinimumReplicasAvailable");
        RolloutSample.status(web.replicaSets.getFirst(), 7, 6);
        web.step();
        assertThat(web.condition("Available", "status")).isEqualTo("False");
        assertThat(web.condition("Available", "reason")).isEqualTo("MinimumReplicasUnavailable");
    }

    @Test
    void terminatingPodsAreAddedUpUnlessAReplicaSetDoesNotSay() {
        web.replicaSet("v1", 1, 8, 8).image("v2").replicaSet("v2", 2, 5, 5);
        web.replicaSets.get(0).withObject("status").put("terminatingReplicas", 2);
        web.replicaSets.get(1).withObject("status").put("terminatingReplicas", 1);
        assertThat(web.decide().status().path("terminatingReplicas").asInt()).isEqualTo(3);
        web.replicaSets.get(1).withObject("status").remove("terminatingReplicas");
        assertThat(web.decide().status().has("terminatingReplicas")).isFalse();
    }

    @Test
    void aReplicaSetsFailureIsPassedOnAndTakenBack() {
        web.replicaSet("v1", 1, 10, 9);
        web.replicaSets.getFirst().withObject("status").withArray("conditions").addObject()
                .put("type", "ReplicaFailure").put("status", "True").put("reason", "FailedCreate")
                .put("message", "exceeded quota").put("lastTransitionTime", "2026-01-01T00:00:00Z");
        web.step();
        assertThat(web.condition("ReplicaFailure", "message")).isEqualTo("exceeded quota");
        web.replicaSets.getFirst().withObject("status").remove("conditions");
        web.step();
        assertThat(web.condition("ReplicaFailure", "status")).isEmpty();
    }
}
