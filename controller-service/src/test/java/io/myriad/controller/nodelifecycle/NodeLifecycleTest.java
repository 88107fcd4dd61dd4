package io.myriad.controller.nodelifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Taint;

import static org.assertj.core.api.Assertions.assertThat;

class NodeLifecycleTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SECOND = 1_000_000_000L;

    @Test
    void taintsFollowConditionsAndOthersTaintsStay() {
        Taint foreign = new Taint("example.com/gpu", "yes", "NoExecute", null);
        Node lost = node("a", "Unknown", List.of(foreign));
        List<Taint> wanted = NodeTaints.wanted(lost, true, NOW);
        assertThat(wanted).extracting(taint -> taint.key() + ":" + taint.effect()).containsExactly(
                "example.com/gpu:NoExecute", "node.kubernetes.io/unreachable:NoSchedule",
                "node.kubernetes.io/unreachable:NoExecute");
        assertThat(NodeTaints.wanted(node("a", "True", wanted), true, NOW)).containsExactly(foreign);
    }

    @Test
    void withoutLeaveNoPodLosesItsPlaceButATaintThatIsThereStays() {
        assertThat(NodeTaints.wanted(node("a", "False", List.of()), false, NOW)).extracting(Taint::effect)
                .containsExactly("NoSchedule");
        Taint there = new Taint(NodeTaints.NOT_READY, "", "NoExecute", NOW.minusSeconds(9));
        assertThat(NodeTaints.wanted(node("a", "False", List.of(there)), false, NOW)).contains(there);
    }

    @Test
    void oneNodeAtATimeIsEmptiedAndNoneWhenAllAreDown() {
        EvictionPace pace = new EvictionPace(new EvictionPace.Rates(0.1, 0.01, 0.55, 50));
        pace.observe(List.of(node("a", "True", List.of()), node("b", "Unknown", List.of())));
        assertThat(pace.allows("", 0)).isTrue();
        assertThat(pace.allows("", 9 * SECOND)).isFalse();
        assertThat(pace.allows("", 10 * SECOND)).isTrue();
        pace.observe(List.of(node("a", "Unknown", List.of()), node("b", "Unknown", List.of())));
        assertThat(pace.allows("", 100 * SECOND)).isFalse();
    }

    @Test
    void aSmallZoneThatIsMostlyDownIsLeftAlone() {
        EvictionPace pace = new EvictionPace(new EvictionPace.Rates(0.1, 0.01, 0.55, 50));
        List<Node> nodes = new ArrayList<>(List.of(node("up", "True", List.of())));
        for (int i = 0; i < 4; i++) {
            nodes.add(node("down-" + i, "Unknown", List.of()));
        }
        pace.observe(nodes);
        assertThat(pace.allows("", 0)).isFalse();
    }

    @Test
    void anyChangeOfLeaseOrHeartbeatIsASignOfLife() {
        NodeHealth health = new NodeHealth();
        health.heartbeat("a", "t1", 0);
        health.lease("a", "1", 5 * SECOND);
        health.lease("a", "1", 20 * SECOND);
        assertThat(health.silentNanos("a", 30 * SECOND)).isEqualTo(25 * SECOND);
        health.heartbeat("a", "t2", 28 * SECOND);
        assertThat(health.silentNanos("a", 30 * SECOND)).isEqualTo(2 * SECOND);
        health.refresh(40 * SECOND);
        assertThat(health.silentNanos("a", 41 * SECOND)).isEqualTo(SECOND);
        assertThat(health.silentNanos("unheard-of", 41 * SECOND)).isZero();
    }

    private static Node node(String name, String ready, List<Taint> taints) {
        return new Node(name, "u", "1", "", false, Map.of("Ready", ready), "", taints);
    }
}
