package io.myriad.scheduler.core;

import java.util.Map;
import java.util.Random;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.Pod;
import io.myriad.scheduler.model.PodTemplate;
import io.myriad.scheduler.model.SpreadConstraint;
import io.myriad.scheduler.model.Workload;

/**
 * Measures how many pods a second get a node, without any I/O: {@code java -cp ... DecisionRate [nodes] [pods]}. Kinds:
 * pods of Deployments (spread by default, as a service and a ReplicaSet select them), bare pods, hard spread over zones,
 * required anti-affinity per host.
 */
final class DecisionRate {
    private static final int DEPLOYMENTS = 20;

    private DecisionRate() {}

    public static void main(String... arguments) {
        int nodes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int pods = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 50_000;
        for (int round = 0; round < 2; round++) {
            for (String kind : new String[]{"deployment", "bare", "zones", "apart"}) {
                run(kind, nodes, kind.equals("apart") ? Math.min(pods, nodes / 2) : pods);
            }
        }
    }

    private static void run(String kind, int nodes, int pods) {
        ClusterState cluster = new ClusterState();
        Placer placer = new Placer(cluster, new Random(1));
        for (int i = 0; i < nodes; i++) {
            cluster.setNode(Nodes.node("node-" + i).zone("zone-" + i % 3).cpu(32_000).memory(65_536).build());
        }
        PodTemplate[] templates = new PodTemplate[DEPLOYMENTS];
        for (int i = 0; i < DEPLOYMENTS; i++) {
            templates[i] = template(kind, i);
            cluster.setWorkload("default", new Workload(Workload.Kind.REPLICA_SET, "web-" + i),
                    LabelSelector.ofLabels(Map.of("app", "web-" + i)));
        }
        long start = System.nanoTime();
        int placed = 0;
        for (int i = 0; i < pods; i++) {
            Pod pod = Pods.waiting(templates[i * DEPLOYMENTS / pods], "pod-" + i, 0);
            if (placer.decide(pod, (System.nanoTime() - start) / 1_000_000) instanceof Decision.Place place) {
                cluster.addPod(pod.on(place.node()));
                placed++;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-10s %6d nodes %7d pods %7d placed %8.0f pods/s %6.1f us/pod%n", kind, nodes, pods, placed,
                pods / seconds, seconds * 1e6 / pods);
    }

    private static PodTemplate template(String kind, int number) {
        Pods pods = Pods.pods().label("app", "web-" + number).cpu(100).memory(128);
        LabelSelector own = LabelSelector.ofLabels(Map.of("app", "web-" + number));
        switch (kind) {
            case "deployment" -> pods.of(new Workload(Workload.Kind.REPLICA_SET, "web-" + number));
            case "zones" -> pods.spreadHard(1, SpreadConstraint.ZONE_KEY, own);
            case "apart" -> pods.farFrom(pods.term(SpreadConstraint.HOSTNAME_KEY, own));
            default -> {
            }
        }
        return pods.template();
    }
}
