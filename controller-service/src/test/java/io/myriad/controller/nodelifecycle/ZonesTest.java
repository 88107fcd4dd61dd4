package io.myriad.controller.nodelifecycle;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.controller.ControllerOptions;
import io.myriad.controller.model.Node;

import static org.assertj.core.api.Assertions.assertThat;

class ZonesTest {
    private static final ControllerOptions.Nodes OPTIONS = ControllerOptions.parse().nodes();

    private static List<Node> zone(String zone, int ready, int lost) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < ready + lost; i++) {
            nodes.add(new NodeSample(zone + i).zone(zone).ready(i < ready ? "True" : i % 2 == 0 ? "False" : "Unknown")
                    .build());
        }
        return nodes;
    }

    /** The rate of one zone while another one is well. */
    @ParameterizedTest(name = "{0} ready, {1} lost -> {2}, {3} per second")
    @CsvSource({"10, 0, NORMAL, 0.1", "10, 5, NORMAL, 0.1", "1, 2, NORMAL, 0.1", "0, 1, FULL_DISRUPTION, 0.1",
            "0, 9, FULL_DISRUPTION, 0.1", "2, 3, PARTIAL_DISRUPTION, 0", "9, 11, PARTIAL_DISRUPTION, 0",
            "10, 12, NORMAL, 0.1", "22, 29, PARTIAL_DISRUPTION, 0.01", "22, 28, PARTIAL_DISRUPTION, 0"})
    void states(int ready, int lost, Zones.State state, double perSecond) {
        List<Node> nodes = new ArrayList<>(zone("a", ready, lost));
        nodes.addAll(zone("b", 3, 0));
        Zones zones = Zones.of(nodes, OPTIONS);
        assertThat(zones.state(":a")).isEqualTo(state);
        assertThat(zones.evictionsPerSecond(":a")).isEqualTo(perSecond);
        assertThat(zones.allLost()).isFalse();
    }

    @Test
    void whenEveryZoneIsLostNothingIsEvicted() {
        List<Node> nodes = new ArrayList<>(zone("a", 0, 2));
        nodes.addAll(zone("b", 0, 5));
        Zones zones = Zones.of(nodes, OPTIONS);
        assertThat(zones.allLost()).isTrue();
        assertThat(zones.evictionsPerSecond(":a")).isZero();
        nodes.addAll(zone("c", 1, 0));
        assertThat(Zones.of(nodes, OPTIONS).allLost()).isFalse();
    }

    @Test
    void excludedNodesDoNotCount() {
        List<Node> nodes = new ArrayList<>(zone("a", 5, 0));
        for (int i = 0; i < 9; i++) {
            nodes.add(new NodeSample("x" + i).zone("a").ready("Unknown")
                    .label("node.kubernetes.io/exclude-disruption", "").build());
        }
        assertThat(Zones.of(nodes, OPTIONS).state(":a")).isEqualTo(Zones.State.NORMAL);
    }

    @Test
    void aClusterWithoutNodesIsNotLost() {
        assertThat(Zones.of(List.of(), OPTIONS).allLost()).isFalse();
    }
}
