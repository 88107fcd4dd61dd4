package io.myriad.controller.replicaset;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.controller.model.Pod;

/**
 * Which pods of a ReplicaSet go first when there are too many: the order that upstream documents for ReplicaSets, in its
 * eight steps. Ages are compared by the power of two of their length, so that among pods of about the same age chance (the
 * uid) decides rather than the clock.
 *
 * <p>Upstream asks for the uid as soon as two ages differ within one power of two, and goes on to the next step when they
 * are equal; that is not a transitive order, which Java's sort rejects. Here the uid comes last, when all else is equal.
 */
final class DeletionOrder {
    private DeletionOrder() {}

    private record Ranked(Pod pod, int neighbours) {}

    /**
     * The pods to delete.
     *
     * @param pods the ReplicaSet's active pods
     * @param related pods of all ReplicaSets of the same owner, which tell how crowded a node is
     */
    static List<Pod> choose(List<Pod> pods, Collection<Pod> related, int count, Instant now) {
        if (count >= pods.size()) {
            return pods;
        }
        Map<String, Integer> perNode = new HashMap<>();
        for (Pod pod : related) {
            if (pod.active()) {
                perNode.merge(pod.nodeName(), 1, Integer::sum);
            }
        }
        List<Ranked> ranked = new ArrayList<>(pods.size());
        for (Pod pod : pods) {
            ranked.add(new Ranked(pod, perNode.getOrDefault(pod.nodeName(), 0)));
        }
        ranked.sort(order(now));
        return ranked.subList(0, count).stream().map(Ranked::pod).toList();
    }

    private static Comparator<Ranked> order(Instant now) {
        return Comparator
                .<Ranked>comparingInt(one -> one.pod.nodeName().isEmpty() ? 0 : 1)
                .thenComparingInt(one -> phase(one.pod.phase()))
                .thenComparingInt(one -> one.pod.ready() ? 1 : 0)
                .thenComparingInt(one -> one.pod.deletionCost())
                .thenComparing(Comparator.comparingInt(Ranked::neighbours).reversed())
                .thenComparingInt(one -> magnitude(one.pod.readySince(), now))
                .thenComparing(Comparator.<Ranked>comparingInt(one -> one.pod.restarts()).reversed())
                .thenComparing(Comparator.<Ranked>comparingInt(one -> one.pod.sidecarRestarts()).reversed())
                .thenComparingInt(one -> magnitude(one.pod.meta().created(), now))
                .thenComparing(one -> one.pod.meta().uid());
    }

    private static int phase(String phase) {
        return switch (phase) {
            case "Unknown" -> 1;
            case "Running" -> 2;
            default -> 0;
        };
    }

    /** The power of two of an age in nanoseconds; -1 for none. */
    private static int magnitude(@Nullable Instant from, Instant now) {
        long nanos = from == null ? 0 : Duration.between(from, now).toNanos();
        return nanos <= 0 ? -1 : 63 - Long.numberOfLeadingZeros(nanos);
    }
}
