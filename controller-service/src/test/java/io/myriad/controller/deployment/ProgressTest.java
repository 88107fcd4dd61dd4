package io.myriad.controller.deployment;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The condition Progressing over time: what {@code kubectl rollout status} waits for. */
class ProgressTest {
    private final RolloutSample web = new RolloutSample();

    private void reason(String expected) {
        assertThat(web.condition("Progressing", "reason")).isEqualTo(expected);
    }

    private void later(long seconds) {
        web.now = web.now.plusSeconds(seconds);
    }

    @Test
    void fromCreationToSuccess() {
        web.step();
        reason("NewReplicaSetCreated");
        RolloutSample.status(web.replicaSets.getFirst(), 10, 0);
        later(5);
        web.step();
        reason("ReplicaSetUpdated");
        String updated = web.condition("Progressing", "lastUpdateTime");
        String changed = web.condition("Progressing", "lastTransitionTime");
        RolloutSample.status(web.replicaSets.getFirst(), 10, 4);
        later(5);
        web.step();
        assertThat(web.condition("Progressing", "lastUpdateTime")).as("progress moves the time").isGreaterThan(updated);
        assertThat(web.condition("Progressing", "lastTransitionTime")).isEqualTo(changed);
        RolloutSample.status(web.replicaSets.getFirst(), 10, 10);
        web.step();
        reason("NewReplicaSetAvailable");
        assertThat(web.condition("Progressing", "message"))
                .isEqualTo("ReplicaSet \"web-0\" has successfully progressed.");
        assertThat(web.condition("Progressing", "status")).isEqualTo("True");
    }

    @Test
    void aRolloutThatStandsStillForTheDeadlineHasTimedOut() {
        web.step();
        RolloutSample.status(web.replicaSets.getFirst(), 10, 3);
        Rollout.Decision progressing = web.step();
        assertThat(progressing.requeueMillis()).as("to be looked at when the deadline is over").isEqualTo(601_000);
        later(600);
        web.step();
        reason("ReplicaSetUpdated");
        later(1);
        Rollout.Decision late = web.step();
        reason("ProgressDeadlineExceeded");
        assertThat(web.condition("Progressing", "status")).isEqualTo("False");
        assertThat(late.requeueMillis()).isZero();
        later(1);
        web.step();
        reason("ProgressDeadlineExceeded");
        RolloutSample.status(web.replicaSets.getFirst(), 10, 5);
        web.step();
        reason("ReplicaSetUpdated");
        assertThat(web.condition("Progressing", "status")).as("late progress is progress").isEqualTo("True");
    }

    @Test
    void aFinishedRolloutDoesNotTimeOutWhenPodsFailLater() {
        web.replicaSet("v1", 1, 10, 10).step();
        web.step();
        reason("NewReplicaSetAvailable");
        RolloutSample.status(web.replicaSets.getFirst(), 10, 2);
        later(10_000);
        web.step();
        reason("NewReplicaSetAvailable");
        assertThat(web.condition("Available", "status")).isEqualTo("False");
    }

    @Test
    void pausedTimeDoesNotCount() {
        web.step();
        web.paused(true).step();
        reason("DeploymentPaused");
        assertThat(web.condition("Progressing", "status")).isEqualTo("Unknown");
        later(10_000);
        web.step();
        reason("DeploymentPaused");
        web.paused(false).step();
        reason("DeploymentResumed");
        later(599);
        web.step();
        reason("DeploymentResumed");
        later(2);
        web.step();
        reason("ProgressDeadlineExceeded");
        web.paused(true).step();
        reason("ProgressDeadlineExceeded");
    }

    @Test
    void withoutADeadlineThereIsNoSuchCondition() {
        web.step();
        web.deployment.withObject("spec").put("progressDeadlineSeconds", Integer.MAX_VALUE);
        web.step();
        reason("");
        assertThat(web.decide().requeueMillis()).isZero();
    }

    @Test
    void aReplicaSetThatIsFoundStartsTheClock() {
        web.replicaSet("v1", 1, 10, 3);
        web.step();
        assertThat(web.condition("Progressing", "reason")).isIn("FoundNewReplicaSet", "ReplicaSetUpdated");
        assertThat(web.decide().requeueMillis()).isPositive();
    }
}
