package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Taint;
import io.myriad.scheduler.model.Toleration;

import static org.assertj.core.api.Assertions.assertThat;

/** Random clusters that change at random: each decision is held against a full search without counters or classes. */
class PlacerComparisonTest {
    private static final String RACK = "example.com/rack";
    private static final String[] KEYS = {SpreadConstraint.HOSTNAME_KEY, SpreadConstraint.ZONE_KEY, RACK};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void decidesAsAFullSearchWhileEverythingChanges(long seed) {
        new World(seed).run(400);
    }

    private static final class World {
        private final long seed;
        private final Random random;
        private final FullSearch reference = new FullSearch();
        private final ClusterState cluster = new ClusterState();
        private final Placer placer;
        private final List<PodTemplate> templates = new ArrayList<>();
        private int nextPod;

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.placer = new Placer(cluster, random);
            for (int i = 0; i < 12; i++) {
                templates.add(template());
            }
            for (int i = 0; i < 14; i++) {
                setNode(i);
            }
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                change();
                Pod pod = Pods.waiting(templates.get(random.nextInt(templates.size())), "pod-" + nextPod++, 0);
                List<String> feasible = reference.feasible(pod);
                Decision decision = placer.decide(pod, step);
                String what = "seed " + seed + ", step " + step + ", " + pod.template();
                switch (decision) {
                    case Decision.Place place -> {
                        assertThat(place.feasible()).as(what).isEqualTo(feasible.size());
                        assertThat(reference.best(pod, feasible)).as(what).contains(place.node());
                        add(pod.on(place.node()));
                    }
                    case Decision.Refuse refuse -> assertThat(feasible).as(what).isEmpty();
                }
            }
        }

        private void change() {
            switch (random.nextInt(12)) {
                case 0 -> setNode(random.nextInt(16));
                case 1 -> {
                    String name = "node-" + random.nextInt(16);
                    reference.nodes.remove(name);
                    cluster.removeNode(name);
                }
                case 2, 3, 4, 5 -> somePod().ifPresent(pod -> {
                    reference.pods.remove(pod.uid());
                    cluster.removePod(pod);
                });
                case 6 -> somePod().ifPresent(pod -> {
                    Pod ending = new Pod(pod.uid(), pod.name(), pod.template(), 0, pod.node(), true, false, 0, null);
                    reference.pods.put(pod.uid(), ending);
                    cluster.updatePod(ending);
                });
                case 7 -> {
                    Map<String, String> labels = random.nextBoolean() ? Map.of("team", "a") : Map.of();
                    reference.namespaces.put("other", labels);
                    cluster.setNamespace("other", labels);
                }
                case 8 -> {
                    String service = "service-" + random.nextInt(2);
                    Map<String, String> selector = Map.of("app", "app-" + random.nextInt(3));
                    reference.services.put(service, selector);
                    cluster.setService("default", service, selector);
                }
                case 9 -> templates.set(random.nextInt(templates.size()), template());
                default -> {
                }
            }
        }

        private java.util.Optional<Pod> somePod() {
            List<Pod> pods = List.copyOf(reference.pods.values());
            return pods.isEmpty()
                    ? java.util.Optional.empty()
                    : java.util.Optional.of(pods.get(random.nextInt(pods.size())));
        }

        private void add(Pod pod) {
            reference.pods.put(pod.uid(), pod);
            cluster.addPod(pod);
        }

        private void setNode(int number) {
            Nodes node = Nodes.node("node-" + number).cpu(1000 + 1000 * random.nextInt(4))
                    .memory(1024 << random.nextInt(4)).pods(5 + random.nextInt(20));
            if (random.nextInt(6) > 0) {
                node.zone("zone-" + random.nextInt(3));
            }
            if (random.nextInt(4) > 0) {
                node.label(RACK, "rack-" + random.nextInt(5));
            }
            if (random.nextInt(12) == 0) {
                node.cordoned();
            }
            if (random.nextInt(4) == 0) {
                node.taint("key-" + random.nextInt(2), "", Taint.Effect.values()[random.nextInt(3)]);
            }
            if (random.nextInt(3) == 0) {
                int image = random.nextInt(3);
                node.image("image-" + image + ":latest", (300L * image + 90) << 20);
            }
            if (random.nextInt(3) == 0) {
                node.scalar("example.com/gpu", random.nextInt(4));
            }
            Node built = node.build();
            reference.nodes.put(built.name(), built);
            cluster.setNode(built);
        }

        private PodTemplate template() {
            Pods pods = Pods.pods().in(random.nextInt(4) == 0 ? "other" : "default")
                    .label("app", "app-" + random.nextInt(3)).image("image-" + random.nextInt(4) + ":latest");
            if (random.nextInt(4) > 0) {
                pods.cpu(50 * random.nextInt(8)).memory(64 * random.nextInt(6));
            }
            if (random.nextInt(6) == 0) {
                pods.scalar("example.com/gpu", random.nextInt(3));
            }
            if (random.nextInt(8) == 0) {
                pods.port(8000 + random.nextInt(2));
            }
            if (random.nextInt(3) == 0) {
                pods.tolerate(new Toleration("key-" + random.nextInt(2), Toleration.Operator.EXISTS, "", null));
            }
            if (random.nextInt(5) == 0) {
                pods.onNodesWith(SpreadConstraint.ZONE_KEY, "zone-" + random.nextInt(3));
            }
            if (random.nextInt(10) == 0) {
                pods.onNodeNamed("node-" + random.nextInt(14));
            }
            if (random.nextInt(4) == 0) {
                pods.preferNodesWith(1 + random.nextInt(50), RACK, "rack-" + random.nextInt(5));
            }
            for (int i = random.nextInt(5) - 2; i > 0; i--) {
                pods.spread(new SpreadConstraint(1 + random.nextInt(3), key(), random.nextBoolean(), selector(),
                        1 + random.nextInt(4), random.nextBoolean(), random.nextBoolean()));
            }
            for (int i = random.nextInt(6) - 4; i > 0; i--) {
                pods.near(term());
            }
            for (int i = random.nextInt(6) - 3; i > 0; i--) {
                pods.farFrom(term());
            }
            for (int i = random.nextInt(5) - 3; i > 0; i--) {
                pods.ratherNear(1 + random.nextInt(100), term());
            }
            for (int i = random.nextInt(5) - 3; i > 0; i--) {
                pods.ratherFarFrom(1 + random.nextInt(100), term());
            }
            return pods.template();
        }

        private String key() {
            return KEYS[random.nextInt(KEYS.length)];
        }

        private LabelSelector selector() {
            return switch (random.nextInt(6)) {
                case 0 -> LabelSelector.everything();
                case 1 -> LabelSelector.parse("app in (app-0,app-1)");
                case 2 -> LabelSelector.parse("app!=app-2");
                default -> LabelSelector.ofLabels(Map.of("app", "app-" + random.nextInt(3)));
            };
        }

        private AffinityTerm term() {
            LabelSelector namespaces = switch (random.nextInt(4)) {
                case 0 -> LabelSelector.parse("team=a");
                case 1 -> LabelSelector.everything();
                default -> LabelSelector.nothing();
            };
            return new AffinityTerm(random.nextInt(3) == 0 ? Set.of("default", "other") : Set.of("default"), namespaces,
                    selector(), key());
        }
    }
}
