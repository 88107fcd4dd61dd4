package io.myriad.controller.nodelifecycle;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.controller.model.Samples;
import io.myriad.controller.model.Taint;

import static org.assertj.core.api.Assertions.assertThat;

class NodeTaintsTest {
    private static final Instant NOW = Samples.START.plusSeconds(500);

    private static String keys(NodeSample node, boolean noExecute) {
        return String.join(" ", NodeTaints.wanted(node.build(), noExecute, NOW).stream()
                .map(taint -> taint.key().replace("node.kubernetes.io/", "") + ":" + taint.effect()).toList());
    }

    @ParameterizedTest(name = "{0}={1} -> {2}")
    @CsvSource({"Ready, True, ''", "Ready, False, not-ready:NoSchedule", "Ready, Unknown, unreachable:NoSchedule",
            "MemoryPressure, True, memory-pressure:NoSchedule", "MemoryPressure, Unknown, ''",
            "DiskPressure, True, disk-pressure:NoSchedule", "PIDPressure, True, pid-pressure:NoSchedule",
            "NetworkUnavailable, True, network-unavailable:NoSchedule", "NetworkUnavailable, False, ''",
            "SomethingElse, True, ''"})
    void conditionsBecomeTaints(String type, String status, String expected) {
        assertThat(keys(new NodeSample("n").condition(type, status, 0), false)).isEqualTo(expected);
    }

    @Test
    void lostNodesAreMarkedForEvictionWhenThatIsAllowed() {
        assertThat(keys(new NodeSample("n").ready("False"), true))
                .isEqualTo("not-ready:NoSchedule not-ready:NoExecute");
        assertThat(keys(new NodeSample("n").ready("Unknown"), true))
                .isEqualTo("unreachable:NoSchedule unreachable:NoExecute");
        assertThat(keys(new NodeSample("n").ready("True"), true)).isEmpty();
        assertThat(keys(new NodeSample("n"), true)).as("never spoke").isEmpty();
    }

    @Test
    void recoveryTakesOursAwayAndLeavesOthers() {
        NodeSample node = new NodeSample("n").ready("True").taint(NodeTaints.UNREACHABLE, "NoSchedule", 1)
                .taint(NodeTaints.UNREACHABLE, "NoExecute", 1).taint("dedicated", "NoExecute", 1)
                .taint("node.kubernetes.io/out-of-service", "NoExecute", 1)
                .taint("node.kubernetes.io/not-ready", "PreferNoSchedule", 1);
        assertThat(keys(node, false))
                .isEqualTo("dedicated:NoExecute out-of-service:NoExecute not-ready:PreferNoSchedule");
    }

    @Test
    void cordonedNodesAreTaintedUntilTheyAreNot() {
        assertThat(keys(new NodeSample("n").ready("True").cordoned(), false)).isEqualTo("unschedulable:NoSchedule");
        assertThat(keys(new NodeSample("n").ready("True").taint("node.kubernetes.io/unschedulable", "NoSchedule", 1),
                false)).isEmpty();
    }

    @Test
    void whatIsThereStaysAsItIs() {
        NodeSample node = new NodeSample("n").ready("False").taint(NodeTaints.NOT_READY, "NoSchedule", 3)
                .taint(NodeTaints.NOT_READY, "NoExecute", 7);
        assertThat(NodeTaints.wanted(node.build(), true, NOW)).isEqualTo(node.build().taints());
    }

    @Test
    void fromOneWayOfBeingLostToTheOtherTheTimeGoesOn() {
        NodeSample node = new NodeSample("n").ready("Unknown").taint(NodeTaints.NOT_READY, "NoSchedule", 3)
                .taint(NodeTaints.NOT_READY, "NoExecute", 7);
        assertThat(NodeTaints.wanted(node.build(), true, NOW)).containsExactly(
                new Taint(NodeTaints.UNREACHABLE, "", "NoSchedule", NOW),
                new Taint(NodeTaints.UNREACHABLE, "", "NoExecute", Samples.START.plusSeconds(7)));
    }
}
