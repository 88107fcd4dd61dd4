package io.myriad.scheduler.queue;

import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.core.Nodes;
import io.myriad.scheduler.core.Plugin;
import io.myriad.scheduler.core.Pods;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;

import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

class HintsTest {
    private static final LabelSelector WEB = LabelSelector.ofLabels(Map.of("app", "web"));
    private static final String HOST = SpreadConstraint.HOSTNAME_KEY;

    private static ClusterEvent node(Nodes before, Nodes now) {
        return new ClusterEvent.NodeChanged(before == null ? null : before.build(), now.build());
    }

    private static ClusterEvent placed(Pods pods) {
        return new ClusterEvent.PodPlaced(pods.on("n", "other"));
    }

    private static ClusterEvent removed(Pods pods) {
        return new ClusterEvent.PodRemoved(pods.on("n", "other"));
    }

    static Stream<Arguments> events() {
        Pods web = pods().label("app", "web");
        Taint.Effect no = Taint.Effect.NO_SCHEDULE;
        return Stream.of(
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(100), removed(pods()), true),
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(100), placed(pods()), false),
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(100), node(null, Nodes.node("n")), true),
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(5000), node(null, Nodes.node("n")), false),
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(100),
                        node(Nodes.node("n"), Nodes.node("n").label("a", "b")), false),
                Arguments.of(Plugin.NODE_RESOURCES_FIT, pods().cpu(100),
                        node(Nodes.node("n"), Nodes.node("n").cpu(8000)), true),
                Arguments.of(Plugin.NODE_UNSCHEDULABLE, pods(), node(Nodes.node("n").cordoned(), Nodes.node("n")),
                        true),
                Arguments.of(Plugin.NODE_UNSCHEDULABLE, pods(), node(Nodes.node("n"), Nodes.node("n").cordoned()),
                        false),
                Arguments.of(Plugin.TAINT_TOLERATION, pods(),
                        node(Nodes.node("n").taint("k", "", no), Nodes.node("n")), true),
                Arguments.of(Plugin.TAINT_TOLERATION, pods(), node(null, Nodes.node("n").taint("k", "", no)), false),
                Arguments.of(Plugin.NODE_AFFINITY, pods().onNodesWith("a", "b"),
                        node(Nodes.node("n"), Nodes.node("n").label("a", "b")), true),
                Arguments.of(Plugin.NODE_AFFINITY, pods().onNodesWith("a", "b"), node(null, Nodes.node("n")), false),
                Arguments.of(Plugin.NODE_PORTS, pods().port(80), removed(pods().port(80)), true),
                Arguments.of(Plugin.NODE_PORTS, pods().port(80), removed(pods().port(81)), false),
                Arguments.of(Plugin.NODE_PORTS, pods().port(80), node(null, Nodes.node("n")), true),
                Arguments.of(Plugin.POD_TOPOLOGY_SPREAD, pods().spreadHard(1, HOST, WEB), placed(web), true),
                Arguments.of(Plugin.POD_TOPOLOGY_SPREAD, pods().spreadHard(1, HOST, WEB), placed(pods()), false),
                Arguments.of(Plugin.POD_TOPOLOGY_SPREAD, pods().spreadHard(1, HOST, WEB),
                        new ClusterEvent.NodeRemoved(Nodes.node("n").build()), true),
                Arguments.of(Plugin.INTER_POD_AFFINITY, pods().near(pods().term(HOST, WEB)), placed(web), true),
                Arguments.of(Plugin.INTER_POD_AFFINITY, pods().near(pods().term(HOST, WEB)), removed(web), false),
                Arguments.of(Plugin.INTER_POD_AFFINITY, pods().farFrom(pods().term(HOST, WEB)), removed(web), true),
                Arguments.of(Plugin.INTER_POD_AFFINITY, web, removed(pods().farFrom(pods().term(HOST, WEB))), true),
                Arguments.of(Plugin.INTER_POD_AFFINITY, web, removed(pods()), false));
    }

    @ParameterizedTest
    @MethodSource
    void events(Plugin plugin, Pods pod, ClusterEvent event, boolean helps) {
        assertThat(Hints.mayHelp(plugin, pod.template(), event)).isEqualTo(helps);
    }
}
