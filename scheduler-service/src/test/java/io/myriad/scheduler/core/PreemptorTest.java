package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.DisruptionBudget;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.SpreadConstraint;

import static io.myriad.scheduler.core.Nodes.node;
import static io.myriad.scheduler.core.Pods.pods;
import static org.assertj.core.api.Assertions.assertThat;

class PreemptorTest {
    private final ClusterState cluster = new ClusterState();
    private final Placer placer = new Placer(cluster, new Random(1));
    private final Preemptor preemptor = new Preemptor(cluster, placer, new Random(1));

    private Preemptor.Outcome preempt(Pod pod, DisruptionBudget... budgets) {
        Decision.Refuse refuse = (Decision.Refuse) placer.decide(pod, 0);
        return preemptor.find(pod, refuse.diagnosis(), List.of(budgets));
    }

    private Pod place(Pods pods, String node, String name, int priority, long startMillis) {
        Pod pod = new Pod("uid-" + name, name, pods.template(), priority, node, false, false, startMillis, null);
        cluster.addPod(pod);
        return pod;
    }

    private static Pod important(Pods pods) {
        return Pods.waiting(pods.template(), "important", 100);
    }

    @Test
    void takesTheLeastImportantVictimsOfANode() {
        cluster.setNode(node("a").cpu(1000).build());
        place(pods().cpu(300), "a", "high", 50, 1);
        place(pods().cpu(300), "a", "middle", 20, 1);
        Pod low = place(pods().cpu(300), "a", "low", 10, 1);
        Preemptor.Outcome outcome = preempt(important(pods().cpu(400)));
        assertThat(outcome.node()).isEqualTo("a");
        assertThat(outcome.victims()).containsExactly(low);
        assertThat(outcome.message())
                .isEqualTo("found a potential placement for pod on node a, preempting 1 victims");
    }

    @Test
    void spareTheOlderOfTwoEqualOnes() {
        cluster.setNode(node("a").cpu(1000).build());
        place(pods().cpu(500), "a", "old", 10, 1_000);
        Pod young = place(pods().cpu(500), "a", "young", 10, 2_000);
        assertThat(preempt(important(pods().cpu(500))).victims()).containsExactly(young);
    }

    @Test
    void prefersTheNodeWithLowerVictims() {
        for (String name : List.of("a", "b", "c")) {
            cluster.setNode(node(name).cpu(1000).build());
        }
        place(pods().cpu(1000), "a", "a1", 30, 1);
        place(pods().cpu(1000), "b", "b1", 20, 1);
        place(pods().cpu(500), "c", "c1", 20, 1);
        place(pods().cpu(500), "c", "c2", 20, 1);
        assertThat(preempt(important(pods().cpu(800))).node()).isEqualTo("b");
    }

    @Test
    void respectsDisruptionBudgetsWhereItCan() {
        cluster.setNode(node("a").cpu(1000).build());
        cluster.setNode(node("b").cpu(1000).build());
        place(pods().label("app", "guarded").cpu(1000), "a", "a1", 10, 1);
        place(pods().cpu(1000), "b", "b1", 20, 1);
        DisruptionBudget none = new DisruptionBudget("default", "guard",
                LabelSelector.ofLabels(Map.of("app", "guarded")), 0, Set.of());
        assertThat(preempt(important(pods().cpu(800)), none).node()).isEqualTo("b");
        assertThat(preempt(important(pods().cpu(800))).node()).isEqualTo("a");
    }

    @Test
    void helpsNobodyWhomEvictionCannotHelp() {
        cluster.setNode(node("a").cpu(1000).build());
        cluster.setNode(node("b").cordoned().build());
        place(pods().cpu(1000), "a", "equal", 100, 1);
        assertThat(preempt(important(pods().cpu(800))).message()).isEqualTo("0/2 nodes are available: "
                + "1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.");
        assertThat(preempt(important(pods().cpu(2000))).message())
                .isEqualTo("0/2 nodes are available: 2 Preemption is not helpful for scheduling.");
    }

    @Test
    void aPodMayRenounceIt() {
        cluster.setNode(node("a").cpu(1000).build());
        place(pods().cpu(1000), "a", "low", 10, 1);
        Pod waiting = important(pods().cpu(800));
        Pod meek = new Pod(waiting.uid(), waiting.name(), waiting.template(), 100, "", false, false, 0,
                new Pod.Pending("default-scheduler", false, "", false, null, 1, "1"));
        Preemptor.Outcome outcome = preempt(meek);
        assertThat(outcome.node()).isNull();
        assertThat(outcome.message()).isEqualTo("not eligible due to preemptionPolicy=Never.");
    }

    @Test
    void waitsForVictimsThatAreOnTheirWay() {
        cluster.setNode(node("a").cpu(1000).build());
        cluster.addPod(new Pod("uid-low", "low", pods().cpu(1000).template(), 10, "a", true, true, 1, null));
        Pod waiting = important(pods().cpu(800));
        Pod nominated = new Pod(waiting.uid(), waiting.name(), waiting.template(), 100, "", false, false, 0,
                new Pod.Pending("default-scheduler", false, "a", true, null, 1, "1"));
        assertThat(preempt(nominated).message())
                .isEqualTo("not eligible due to a terminating pod on the nominated node.");
    }

    @Test
    void removesAPodThatKeepsOthersAway() {
        cluster.setNode(node("a").build());
        Pod lonely = place(pods().farFrom(pods().term(SpreadConstraint.HOSTNAME_KEY,
                LabelSelector.ofLabels(Map.of("app", "web")))), "a", "lonely", 10, 1);
        place(pods(), "a", "harmless", 10, 1);
        assertThat(preempt(important(pods().label("app", "web"))).victims()).containsExactly(lonely);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void victimsMakeRoomAndNobodyElseIsTouched(long seed) {
        Random random = new Random(seed);
        List<PodTemplate> templates = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            templates.add(pods().cpu(100 * (1 + i)).label("app", "app-" + i % 2).template());
        }
        for (int i = 0; i < 8; i++) {
            cluster.setNode(node("n" + i).cpu(1000).build());
        }
        for (int i = 0; i < 60; i++) {
            Pod pod = Pods.waiting(templates.get(random.nextInt(templates.size())), "p" + i, random.nextInt(5));
            if (placer.decide(pod, i) instanceof Decision.Place place) {
                cluster.addPod(pod.on(place.node()));
            }
        }
        for (int i = 0; i < 40; i++) {
            Pod pod = Pods.waiting(templates.get(random.nextInt(templates.size())), "q" + i, random.nextInt(8));
            if (placer.decide(pod, 100) instanceof Decision.Refuse refuse) {
                String before = picture();
                Preemptor.Outcome outcome = preemptor.find(pod, refuse.diagnosis(), List.of());
                assertThat(picture()).as("seed %d", seed).isEqualTo(before);
                if (!outcome.victims().isEmpty()) {
                    outcome.victims().forEach(cluster::removePod);
                    assertThat(outcome.victims()).allMatch(victim -> victim.priority() < pod.priority());
                    assertThat(placer.takes(placer.classOf(pod.template()), pod, cluster.state(outcome.node())))
                            .as("seed %d", seed).isTrue();
                    for (Pod victim : outcome.victims()) { // each one is needed
                        cluster.addPod(victim);
                        assertThat(placer.takes(placer.classOf(pod.template()), pod, cluster.state(outcome.node())))
                                .as("seed %d", seed).isFalse();
                        cluster.removePod(victim);
                    }
                    cluster.addPod(pod.on(outcome.node()));
                }
            }
        }
    }

    private String picture() {
        StringBuilder picture = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            picture.append(cluster.podsOn("n" + i).stream().map(Pod::name).sorted().toList());
        }
        return picture.toString();
    }
}
