package io.myriad.controller.podgc;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;

class GarbageTest {
    @Test
    void theOldestEndedPodsGoAndEvictedOnesBeforeThem() {
        ObjectNode evicted = new PodSample("evicted").created(90).phase("Failed").tree();
        evicted.withObject("status").put("reason", "Evicted");
        List<Pod> pods = List.of(new PodSample("new").created(50).phase("Succeeded").build(),
                new PodSample("old").created(10).phase("Failed").build(), new PodSample("running").created(1).build(),
                new PodSample("older").created(5).phase("Failed").build(), Samples.pod(evicted),
                new PodSample("alsoOld").created(10).phase("Failed").build());
        assertThat(Garbage.ended(pods, 2)).extracting(pod -> pod.meta().name()).containsExactly("evicted", "older",
                "alsoOld");
        assertThat(Garbage.ended(pods, 5)).isEmpty();
        assertThat(Garbage.ended(pods, 0)).as("no limit").isEmpty();
    }

    @ParameterizedTest(name = "deleted {0}, node {1} ready {2}, out of service {3} -> {4}")
    @CsvSource({"true, '', true, false, true", "false, '', true, false, false", "true, n, False, true, true",
            "true, n, True, true, false", "true, n, False, false, false", "false, n, False, true, false"})
    void podsThatNobodyWillEnd(boolean deleted, String nodeName, String ready, boolean outOfService, boolean expected) {
        PodSample pod = new PodSample("p");
        if (deleted) {
            pod.deleting();
        }
        Node node = null;
        if (!nodeName.isEmpty()) {
            pod.on(nodeName);
            node = Samples
                    .node(Samples.json("{'apiVersion':'v1','kind':'Node','metadata':{'name':'n'},'spec':{'taints':["
                            + (outOfService ? "{'key':'node.kubernetes.io/out-of-service','effect':'NoExecute'}" : "")
                            + "]},'status':{'conditions':[{'type':'Ready','status':'" + ready + "'}]}}"));
        }
        assertThat(Garbage.unconfirmed(pod.build(), node)).isEqualTo(expected);
    }
}
