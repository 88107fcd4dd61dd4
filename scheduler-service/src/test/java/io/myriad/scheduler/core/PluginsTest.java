package io.myriad.scheduler.core;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.selector.Requirement;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.NodeTerm;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;
import io.myriad.scheduler.model.Toleration;
import io.myriad.scheduler.model.Workload;

import static io.myriad.scheduler.core.Nodes.node;
import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

/** One table per part of the decision: a node, the pods on it, a waiting pod, and what becomes of it. */
class PluginsTest {
    private static final String ZONE = SpreadConstraint.ZONE_KEY;
    private static final String HOST = SpreadConstraint.HOSTNAME_KEY;
    private static final LabelSelector WEB = LabelSelector.ofLabels(Map.of("app", "web"));

    /** What no node says about a pod: {@code null} when one takes it. */
    private static String refusal(List<Node> nodes, List<Pod> placed, Pod waiting) {
        Decision decision = decide(nodes, placed, waiting);
        return decision instanceof Decision.Refuse refuse ? refuse.diagnosis().message("") : null;
    }

    private static Decision decide(List<Node> nodes, List<Pod> placed, Pod waiting) {
        ClusterState cluster = new ClusterState();
        nodes.forEach(cluster::setNode);
        placed.forEach(cluster::addPod);
        return new Placer(cluster, new Random(1)).decide(waiting, 0);
    }

    private static String chosen(List<Node> nodes, List<Pod> placed, Pod waiting) {
        return decide(nodes, placed, waiting) instanceof Decision.Place place ? place.node() : null;
    }

    // ---- filters

    static Stream<Arguments> oneNode() {
        return Stream.of(
                Arguments.of("an empty node", node("a"), pods().cpu(100), null),
                Arguments.of("cordoned", node("a").cordoned(), pods(), "1 node(s) were unschedulable."),
                Arguments.of("cordoned but tolerated", node("a").cordoned(),
                        pods().tolerate(new Toleration("node.kubernetes.io/unschedulable", Toleration.Operator.EXISTS,
                                "", Taint.Effect.NO_SCHEDULE)),
                        null),
                Arguments.of("taint", node("a").taint("k", "v", Taint.Effect.NO_SCHEDULE), pods(),
                        "1 node(s) had untolerated taint(s)."),
                Arguments.of("taint with NoExecute", node("a").taint("k", "v", Taint.Effect.NO_EXECUTE), pods(),
                        "1 node(s) had untolerated taint(s)."),
                Arguments.of("taint that only advises", node("a").taint("k", "v", Taint.Effect.PREFER_NO_SCHEDULE),
                        pods(), null),
                Arguments.of("taint tolerated by value", node("a").taint("k", "v", Taint.Effect.NO_SCHEDULE),
                        pods().tolerate(new Toleration("k", Toleration.Operator.EQUAL, "v", null)), null),
                Arguments.of("taint of another value", node("a").taint("k", "v", Taint.Effect.NO_SCHEDULE),
                        pods().tolerate(new Toleration("k", Toleration.Operator.EQUAL, "w", null)),
                        "1 node(s) had untolerated taint(s)."),
                Arguments.of("taint of another effect", node("a").taint("k", "v", Taint.Effect.NO_EXECUTE),
                        pods().tolerate(
                                new Toleration("k", Toleration.Operator.EXISTS, "", Taint.Effect.NO_SCHEDULE)),
                        "1 node(s) had untolerated taint(s)."),
                Arguments.of("all taints tolerated", node("a").taint("k", "v", Taint.Effect.NO_EXECUTE),
                        pods().tolerate(new Toleration("", Toleration.Operator.EXISTS, "", null)), null),
                Arguments.of("node selector", node("a").label("disk", "ssd"), pods().onNodesWith("disk", "ssd"), null),
                Arguments.of("node selector that does not match", node("a"), pods().onNodesWith("disk", "ssd"),
                        "1 node(s) didn't match Pod's node affinity/selector."),
                Arguments.of("one of two terms", node("a").label("disk", "ssd"),
                        pods().require(Pods.in("disk", "hdd"), Pods.in("disk", "ssd", "nvme")), null),
                Arguments.of("no term at all", node("a"), pods().require(),
                        "1 node(s) didn't match Pod's node affinity/selector."),
                Arguments.of("number above", node("a").label("cores", "8"),
                        pods().require(new NodeTerm(LabelSelector.of(List.of(new Requirement("cores",
                                Requirement.Operator.GREATER_THAN, Set.of("4")))), List.of(), true)),
                        null),
                Arguments.of("not on this name", node("a"),
                        pods().require(new NodeTerm(LabelSelector.everything(),
                                List.of(new FieldSelector.Requirement(NodeTerm.NAME_FIELD, false, "a")), true)),
                        "1 node(s) didn't match Pod's node affinity/selector."),
                Arguments.of("a term that cannot be read", node("a"),
                        pods().require(new NodeTerm(LabelSelector.everything(), List.of(), false)),
                        "1 node(s) didn't match Pod's node affinity/selector."),
                Arguments.of("too little CPU", node("a").cpu(100), pods().cpu(101), "1 Insufficient cpu."),
                Arguments.of("just enough", node("a").cpu(100).memory(64), pods().cpu(100).memory(64), null),
                Arguments.of("too little of two", node("a").cpu(100).memory(64), pods().cpu(200).memory(65),
                        "1 Insufficient cpu, 1 Insufficient memory."),
                Arguments.of("no device", node("a"), pods().scalar("example.com/gpu", 1),
                        "1 Insufficient example.com/gpu."),
                Arguments.of("a device", node("a").scalar("example.com/gpu", 1), pods().scalar("example.com/gpu", 1),
                        null),
                Arguments.of("no room for any pod", node("a").pods(0), pods(), "1 Too many pods."),
                Arguments.of("spread by a label that the node lacks", node("a"), pods().spreadHard(1, ZONE, WEB),
                        "1 node(s) didn't match pod topology spread constraints (missing required label)."),
                Arguments.of("near to nobody", node("a"), pods().near(pods().term(HOST, WEB)),
                        "1 node(s) didn't match pod affinity rules."),
                Arguments.of("near to its own kind, and the first", node("a"),
                        pods().label("app", "web").near(pods().term(HOST, WEB)), null),
                Arguments.of("the first, but the label is missing", node("a"),
                        pods().label("app", "web").near(pods().term(ZONE, WEB)),
                        "1 node(s) didn't match pod affinity rules."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void oneNode(String what, Nodes node, Pods pod, String refusal) {
        assertThat(refusal(List.of(node.build()), List.of(), pod.waiting("p")))
                .isEqualTo(refusal == null ? null : "0/1 nodes are available: " + refusal);
    }

    static Stream<Arguments> oneNodeWithAPod() {
        Pods web = pods().label("app", "web");
        return Stream.of(
                Arguments.of("used CPU", pods().cpu(3950), pods().cpu(100), "1 Insufficient cpu."),
                Arguments.of("a pod that asks nothing fits beside any", pods().cpu(4000), pods(), null),
                Arguments.of("same port", pods().port(80), pods().port(80),
                        "1 node(s) didn't have free ports for the requested pod ports."),
                Arguments.of("other port", pods().port(80), pods().port(81), null),
                Arguments.of("other protocol", pods().port(80), pods().port("UDP", "0.0.0.0", 80), null),
                Arguments.of("other address", pods().port("TCP", "10.0.0.1", 80), pods().port("TCP", "10.0.0.2", 80),
                        null),
                Arguments.of("one address of all", pods().port(80), pods().port("TCP", "10.0.0.2", 80),
                        "1 node(s) didn't have free ports for the requested pod ports."),
                Arguments.of("kept away by itself", web, pods().farFrom(pods().term(HOST, WEB)),
                        "1 node(s) didn't match pod anti-affinity rules."),
                Arguments.of("kept away by the other", pods().farFrom(pods().term(HOST, WEB)), web,
                        "1 node(s) didn't satisfy existing pods anti-affinity rules."),
                Arguments.of("in another namespace", web.in("default"),
                        pods().in("other").farFrom(pods().in("other").term(HOST, WEB)), null),
                Arguments.of("near to it", web, pods().near(pods().term(HOST, WEB)), null),
                Arguments.of("too many of its kind", web, pods().label("app", "web").spread(
                        new SpreadConstraint(1, HOST, true, WEB, 2, true, false)),
                        "1 node(s) didn't match pod topology spread constraints."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void oneNodeWithAPod(String what, Pods placed, Pods pod, String refusal) {
        assertThat(refusal(List.of(node("a").build()), List.of(placed.on("a", "placed")), pod.waiting("p")))
                .isEqualTo(refusal == null ? null : "0/1 nodes are available: " + refusal);
    }

    @Test
    void thePodOfADaemonSetLooksAtItsNodeAlone() {
        List<Node> nodes = List.of(node("a").build(), node("b").cpu(10).build(), node("c").build());
        assertThat(chosen(nodes, List.of(), pods().onNodeNamed("b").waiting("p"))).isEqualTo("b");
        assertThat(refusal(nodes, List.of(), pods().cpu(100).onNodeNamed("b").waiting("p"))).isEqualTo(
                "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].");
        assertThat(refusal(nodes, List.of(), pods().onNodeNamed("z").waiting("p")))
                .isEqualTo("0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity].");
    }

    @Test
    void saysSoWhenThereIsNoNode() {
        assertThat(refusal(List.of(), List.of(), pods().waiting("p"))).isEqualTo("no nodes available to schedule pods");
    }

    @Test
    void aPodWithClaimsWaitsAsNobodyLooksAtItsVolumes() {
        PodTemplate template = pods().template();
        PodTemplate claiming = new PodTemplate(template.namespace(), template.labels(), template.requests(),
                template.hostPorts(), template.tolerations(), template.nodes(), template.preferredNodes(),
                template.spread(), template.affinities(), template.images(), null, List.of("data"));
        assertThat(refusal(List.of(node("a").build()), List.of(), Pods.waiting(claiming, "p", 0))).isEqualTo(
                "0/1 nodes are available: persistent volume claims are not supported by this scheduler yet.");
    }

    @Test
    void countsReasonsOverNodes() {
        List<Node> nodes = List.of(node("a").cpu(10).build(), node("b").cpu(10).memory(1).build(),
                node("c").cordoned().build());
        assertThat(refusal(nodes, List.of(), pods().cpu(100).memory(100).waiting("p"))).isEqualTo(
                "0/3 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable, 2 Insufficient cpu.");
    }

    @Test
    void aTermMayChooseNamespacesByLabel() {
        ClusterState cluster = new ClusterState();
        cluster.setNode(node("a").build());
        cluster.setNamespace("blue", Map.of("colour", "blue"));
        cluster.addPod(pods().in("blue").label("app", "web").on("a", "placed"));
        Placer placer = new Placer(cluster, new Random(1));
        Pod waiting = pods().farFrom(new AffinityTerm(Set.of(), LabelSelector.parse("colour=blue"), WEB, HOST))
                .waiting("p");
        assertThat(placer.decide(waiting, 0)).isInstanceOf(Decision.Refuse.class);
        cluster.setNamespace("blue", Map.of("colour", "green"));
        assertThat(placer.decide(waiting, 0)).isInstanceOf(Decision.Place.class);
    }

    // ---- scores

    static Stream<Arguments> twoNodes() {
        Workload owner = new Workload(Workload.Kind.REPLICA_SET, "web");
        return Stream.of(
                Arguments.of("the larger one", node("a").cpu(8000).memory(16384), node("b"), List.of(), pods().cpu(100),
                        "a"),
                Arguments.of("the emptier one", node("a"), node("b"),
                        List.of(pods().cpu(1000).memory(2048).on("b", "x")), pods().cpu(100), "a"),
                Arguments.of("the one that advises against nothing", node("a"),
                        node("b").taint("k", "", Taint.Effect.PREFER_NO_SCHEDULE), List.of(), pods(), "a"),
                Arguments.of("the preferred one", node("a").label("disk", "ssd"), node("b"), List.of(),
                        pods().preferNodesWith(1, "disk", "ssd"), "a"),
                Arguments.of("the one with the image", node("a").image("big:1", 900L << 20), node("b"), List.of(),
                        pods().image("big:1"), "a"),
                Arguments.of("the one that becomes better balanced", node("a"), node("b"),
                        List.of(pods().cpu(1000).memory(1).on("a", "x"), pods().cpu(1).memory(2048).on("b", "y")),
                        pods().cpu(1).memory(2000), "a"),
                Arguments.of("near those it likes", node("a"), node("b"),
                        List.of(pods().label("app", "web").on("a", "x")),
                        pods().ratherNear(100, pods().term(HOST, WEB)), "a"),
                Arguments.of("far from those it dislikes", node("a"), node("b"),
                        List.of(pods().label("app", "web").on("b", "x")),
                        pods().ratherFarFrom(100, pods().term(HOST, WEB)), "a"),
                Arguments.of("near those that like it", node("a"), node("b"),
                        List.of(pods().ratherNear(100, pods().term(HOST, WEB)).on("a", "x")),
                        pods().label("app", "web"), "a"),
                Arguments.of("where fewer of its kind are", node("a"), node("b"),
                        List.of(pods().label("app", "web").on("b", "x")),
                        pods().label("app", "web").spreadSoft(1, HOST, WEB), "a"),
                Arguments.of("where fewer siblings are, by default", node("a").zone("1"), node("b").zone("2"),
                        List.of(pods().label("app", "web").of(owner).on("b", "x")),
                        pods().label("app", "web").of(owner), "a"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void twoNodes(String what, Nodes a, Nodes b, List<Pod> placed, Pods pod, String expected) {
        for (boolean swapped : new boolean[]{false, true}) {
            ClusterState cluster = new ClusterState();
            cluster.setWorkload("default", new Workload(Workload.Kind.REPLICA_SET, "web"), WEB);
            (swapped ? List.of(b, a) : List.of(a, b)).forEach(node -> cluster.setNode(node.build()));
            placed.forEach(cluster::addPod);
            assertThat(new Placer(cluster, new Random(1)).decide(pod.waiting("p"), 0))
                    .isEqualTo(new Decision.Place(expected, 2, 2));
        }
    }

    @Test
    void equallyGoodNodesAllGetTheirTurn() {
        ClusterState cluster = new ClusterState();
        for (int i = 0; i < 4; i++) {
            cluster.setNode(node("n" + i).build());
        }
        Placer placer = new Placer(cluster, new Random(1));
        Set<String> chosen = new java.util.HashSet<>();
        for (int i = 0; i < 100; i++) {
            chosen.add(((Decision.Place) placer.decide(pods().waiting("p"), 0)).node());
        }
        assertThat(chosen).hasSize(4);
    }
}
