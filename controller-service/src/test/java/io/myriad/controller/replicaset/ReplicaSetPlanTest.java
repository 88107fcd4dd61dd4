package io.myriad.controller.replicaset;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicaSetPlanTest {
    private static List<Pod> pods(int count) {
        return IntStream.range(0, count).mapToObj(i -> new PodSample("p" + i).label("app", "web").ready(10).build())
                .toList();
    }

    @ParameterizedTest(name = "{1} of {0}: {2} more, {3} fewer")
    @CsvSource({"0, 0, 0, 0", "3, 0, 3, 0", "3, 3, 0, 0", "3, 5, 0, 2", "0, 4, 0, 4", "2000, 1, 500, 0",
            "0, 700, 0, 500"})
    void counts(int wanted, int there, int create, int delete) {
        ReplicaSetPlan plan = ReplicaSetPlan.of(wanted, pods(there), List.of(), Samples.START);
        assertThat(plan.create()).isEqualTo(create);
        assertThat(plan.delete()).hasSize(delete).doesNotHaveDuplicates();
    }

    private static final ObjectNode REPLICA_SET = Samples.json("{'metadata':{'generation':7},'spec':{'replicas':3,"
            + "'minReadySeconds':20,'template':{'metadata':{'labels':{'app':'web','tier':'front'}}}}}");

    private static ObjectNode status(ObjectNode replicaSet, List<Pod> pods, String failure) {
        return ReplicaSetPlan.status(replicaSet, pods, 2, failure, Samples.START.plusSeconds(100));
    }

    @Test
    void countsWhatIsLabelledReadyAndAvailable() {
        ObjectNode status = status(REPLICA_SET, List.of(new PodSample("a").label("app", "web").label("tier", "front")
                .ready(10).build(), new PodSample("b").label("app", "web").ready(81).build(),
                new PodSample("c").label("app", "web").build()), "");
        assertThat(status).hasToString("{'replicas':3,'fullyLabeledReplicas':1,'readyReplicas':2,"
                .replace('\'', '"')
                + "'availableReplicas':1,'terminatingReplicas':2,'observedGeneration':7}"
                        .replace('\'', '"'));
    }

    @Test
    void aFailureIsSaidOnceUntilItIsOver() {
        ObjectNode replicaSet = REPLICA_SET.deepCopy();
        replicaSet.set("status", status(replicaSet, pods(1), "forbidden"));
        assertThat(replicaSet.path("status").path("conditions").get(0).path("reason").asString())
                .isEqualTo("FailedCreate");
        replicaSet.set("status", status(replicaSet, pods(1), "forbidden again"));
        assertThat(replicaSet.path("status").path("conditions")).hasSize(1);
        assertThat(replicaSet.path("status").path("conditions").get(0).path("message").asString())
                .isEqualTo("forbidden");
        assertThat(status(replicaSet, pods(1), "").has("conditions")).isFalse();
        assertThat(status(REPLICA_SET, pods(5), "no").path("conditions").get(0).path("reason").asString())
                .isEqualTo("FailedDelete");
    }

    @Test
    void comesBackWhenTheNextPodBecomesAvailable() {
        List<Pod> pods = List.of(new PodSample("a").ready(85).build(), new PodSample("b").ready(90).build(),
                new PodSample("c").ready(10).build(), new PodSample("d").build());
        assertThat(ReplicaSetPlan.nextAvailabilityMillis(pods, 20, Samples.START.plusSeconds(100))).isEqualTo(5_000);
        assertThat(ReplicaSetPlan.nextAvailabilityMillis(pods, 0, Samples.START.plusSeconds(100))).isZero();
    }
}
