package io.myriad.scheduler.core;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;

import static io.myriad.scheduler.core.Nodes.node;
import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

class PlacerTest {
    private final ClusterState cluster = new ClusterState();
    private final Placer placer = new Placer(cluster, new Random(1));

    @ParameterizedTest
    @CsvSource({"1,1", "99,99", "100,100", "250,120", "1000,420", "5000,500", "5625,281", "10000,500", "20000,1000"})
    void stopsSearchingAsUpstreamDoes(int nodes, int wanted) {
        assertThat(Limits.feasibleNodesToFind(nodes)).isEqualTo(wanted);
    }

    @Test
    void aLargeClusterIsSampledAndEveryNodeGetsItsTurn() {
        for (int i = 0; i < 1000; i++) {
            cluster.setNode(node("n" + i).zone("z" + i % 3).build());
        }
        PodTemplate template = pods().cpu(100).template();
        Set<String> used = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            Decision.Place place = (Decision.Place) placer.decide(Pods.waiting(template, "p" + i, 0), i);
            assertThat(place.feasible()).isEqualTo(420);
            cluster.addPod(Pods.waiting(template, "p" + i, 0).on(place.node()));
            used.add(place.node());
        }
        assertThat(used).hasSize(1000);
    }

    @Test
    void findsTheOnlyNodeThatFitsInALargeCluster() {
        for (int i = 0; i < 1000; i++) {
            cluster.setNode(node("n" + i).cpu(i == 777 ? 1000 : 50).build());
        }
        PodTemplate template = pods().cpu(400).template();
        for (int i = 0; i < 2; i++) {
            Pod pod = Pods.waiting(template, "p" + i, 0);
            assertThat(placer.decide(pod, i)).isEqualTo(new Decision.Place("n777", 1000, 1));
            cluster.addPod(pod.on("n777"));
        }
        assertThat(placer.decide(Pods.waiting(template, "p2", 0), 2)).isInstanceOf(Decision.Refuse.class);
        cluster.removePod(Pods.waiting(template, "p0", 0).on("n777"));
        assertThat(placer.decide(Pods.waiting(template, "p2", 0), 3)).isEqualTo(new Decision.Place("n777", 1000, 1));
    }

    @Test
    void leavesRoomForANominatedPodOfHigherPriority() {
        cluster.setNode(node("a").cpu(1000).build());
        Pod important = Pods.waiting(pods().cpu(800).template(), "important", 10);
        cluster.nominate(important, "a");
        assertThat(placer.decide(Pods.waiting(pods().cpu(400).template(), "small", 5), 0))
                .isInstanceOf(Decision.Refuse.class);
        assertThat(placer.decide(Pods.waiting(pods().cpu(400).template(), "higher", 11), 0))
                .isInstanceOf(Decision.Place.class);
        assertThat(placer.decide(important, 0)).isInstanceOf(Decision.Place.class);
        cluster.withdraw(important.uid());
        assertThat(placer.decide(Pods.waiting(pods().cpu(400).template(), "small", 5), 0))
                .isInstanceOf(Decision.Place.class);
    }

    @Test
    void triesTheNominatedNodeFirst() {
        cluster.setNode(node("a").cpu(100_000).build());
        cluster.setNode(node("b").build());
        Pod waiting = pods().cpu(100).waiting("p");
        Pod nominated = new Pod(waiting.uid(), waiting.name(), waiting.template(), 0, "", false, false, 0,
                new Pod.Pending("default-scheduler", false, "b", true, null, 1, "1"));
        assertThat(placer.decide(nominated, 0)).isEqualTo(new Decision.Place("b", 1, 1));
    }

    @Test
    void countersOfUnusedClassesAndTemplatesGoAway() {
        cluster.setNode(node("a").build());
        for (int i = 0; i < Limits.CLASSES_MAX + 10; i++) {
            placer.decide(pods().label("app", "web-" + i).cpu(1).waiting("p" + i), 0);
        }
        assertThat(placer.classes()).isEqualTo(Limits.CLASSES_MAX);
        assertThat(cluster.counters.templates()).isEqualTo(Limits.CLASSES_MAX);
    }
}
