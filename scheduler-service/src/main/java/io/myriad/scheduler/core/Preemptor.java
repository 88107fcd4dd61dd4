package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.DisruptionBudget;
import io.myriad.scheduler.model.Pod;

/**
 * Finds a node where a pod would fit if pods of lower priority went.
 *
 * <p>
 * On each node that could be helped all lower pods are taken off; if the pod then fits, they come back one by one, the
 * most important first and those under a disruption budget before the others, as long as it still fits. Who stays off is
 * a victim. This is not the smallest set but the least important one, as upstream chooses it. The trial happens on the
 * cluster itself, which is restored afterwards: every counter takes part, so all filters give their real answers.
 */
public final class Preemptor {
    private static final int MIN_CANDIDATES_PERCENT = 10;
    private static final int MIN_CANDIDATES = 100;
    private static final String NO_VICTIMS = "No preemption victims found for incoming pod";
    private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
    private static final Comparator<Pod> BY_IMPORTANCE = Comparator.<Pod>comparingInt(pod -> -pod.priority())
            .thenComparingLong(Preemptor::startOrLast);

    /**
     * What came of it.
     *
     * @param node where room can be made; empty when nowhere; null when none was looked for, so that a place made
     *            earlier stays
     * @param victims the pods that must go, those that are going already included
     * @param message for the pod's condition
     */
    public record Outcome(@Nullable String node, List<Pod> victims, String message) {
        public Outcome {
            victims = List.copyOf(victims);
        }

        static Outcome notEligible(String why) {
            return new Outcome(null, List.of(), "not eligible due to " + why);
        }
    }

    private record Candidate(NodeState node, List<Pod> victims, int violations) {}

    private final ClusterState cluster;
    private final Placer placer;
    private final RandomGenerator random;

    public Preemptor(ClusterState cluster, Placer placer, RandomGenerator random) {
        this.cluster = cluster;
        this.placer = placer;
        this.random = random;
    }

    /**
     * Looks for room.
     *
     * @param pod a pod that was just refused
     * @param diagnosis why
     * @param budgets all disruption budgets
     */
    public Outcome find(Pod pod, Diagnosis diagnosis, Collection<DisruptionBudget> budgets) {
        Pod.Pending pending = pod.pending();
        if (pending == null || !pending.preempts()) {
            return Outcome.notEligible("preemptionPolicy=Never.");
        }
        if (!pending.nominatedNode().isEmpty() && roomIsBeingMade(pod, pending.nominatedNode())) {
            return Outcome.notEligible("a terminating pod on the nominated node.");
        }
        Map<String, Integer> reasons = new HashMap<>();
        List<Candidate> candidates = candidates(pod, diagnosis.improvable(), budgets, reasons);
        if (candidates.isEmpty()) {
            int judged = reasons.values().stream().mapToInt(Integer::intValue).sum();
            if (judged < cluster.nodes()) {
                reasons.merge(NOT_HELPFUL, cluster.nodes() - judged, Integer::sum);
            }
            return new Outcome("", List.of(), Diagnosis.histogram(cluster.nodes(), "", reasons));
        }
        Candidate best = candidates.getFirst();
        for (Candidate other : candidates) {
            if (BETTER.compare(other, best) < 0) {
                best = other;
            }
        }
        return new Outcome(best.node.name, best.victims, "found a potential placement for pod on node " + best.node.name
                + ", preempting " + best.victims.size() + " victims");
    }

    private boolean roomIsBeingMade(Pod pod, String nominated) {
        NodeState node = cluster.state(nominated);
        if (node == null || node.node == null) {
            return false;
        }
        Rejection rejection = placer.reject(placer.classOf(pod.template()), pod, node);
        if (rejection != null && rejection.lasting) {
            return false;
        }
        return node.pods.stream().anyMatch(other -> other.priority() < pod.priority() && other.terminating()
                && other.displaced());
    }

    private List<Candidate> candidates(Pod pod, List<String> nodes, Collection<DisruptionBudget> budgets,
            Map<String, Integer> reasons) {
        List<Candidate> candidates = new ArrayList<>();
        if (nodes.isEmpty()) {
            return candidates;
        }
        int wanted = Math.min(Math.max(nodes.size() * MIN_CANDIDATES_PERCENT / 100, MIN_CANDIDATES), nodes.size());
        int offset = random.nextInt(nodes.size());
        boolean harmless = false;
        for (int i = 0; i < nodes.size() && !(harmless && candidates.size() >= wanted); i++) {
            NodeState node = cluster.state(nodes.get((offset + i) % nodes.size()));
            Candidate candidate = node == null ? null : trial(pod, node, budgets, reasons);
            if (candidate != null) {
                candidates.add(candidate);
                harmless |= candidate.violations == 0;
            }
        }
        return candidates;
    }

    private @Nullable Candidate trial(Pod pod, NodeState node,
            Collection<DisruptionBudget> budgets, Map<String, Integer> reasons) {
        List<Pod> lower = new ArrayList<>();
        for (Pod other : node.pods) {
            if (other.priority() < pod.priority()) {
                lower.add(other);
            }
        }
        if (lower.isEmpty()) {
            reasons.merge(NO_VICTIMS, 1, Integer::sum);
            return null;
        }
        lower.sort(BY_IMPORTANCE);
        PodClass pods = placer.classOf(pod.template());
        lower.forEach(cluster::removePod);
        pods.refresh();
        Rejection rejection = placer.reject(pods, pod, node);
        if (rejection != null) {
            placer.words(pods, node, rejection).forEach(words -> reasons.merge(words, 1, Integer::sum));
            lower.forEach(cluster::addPod);
            pods.refresh();
            return null;
        }
        List<Pod> violating = new ArrayList<>();
        List<Pod> harmless = new ArrayList<>();
        sort(lower, budgets, violating, harmless);
        List<Pod> victims = new ArrayList<>();
        int violations = reprieve(pod, pods, node, violating, victims);
        reprieve(pod, pods, node, harmless, victims);
        victims.sort(BY_IMPORTANCE);
        victims.forEach(cluster::addPod);
        pods.refresh();
        return victims.isEmpty() ? null : new Candidate(node, victims, violations);
    }

    /** Puts back whom the pod leaves room for; returns how many did not get back. */
    private int reprieve(Pod pod, PodClass pods, NodeState node, List<Pod> displaced, List<Pod> victims) {
        int staying = 0;
        for (Pod other : displaced) {
            cluster.addPod(other);
            pods.refresh();
            if (placer.reject(pods, pod, node) == null) {
                staying++;
            } else {
                cluster.removePod(other);
                pods.refresh();
                victims.add(other);
            }
        }
        return displaced.size() - staying;
    }

    /** Divides the pods by whether their going would exceed a budget, charging the budgets in order of importance. */
    private static void sort(List<Pod> pods, Collection<DisruptionBudget> budgets, List<Pod> violating,
            List<Pod> harmless) {
        Map<DisruptionBudget, Integer> left = new IdentityHashMap<>();
        for (Pod pod : pods) {
            boolean violates = false;
            if (!pod.template().labels().isEmpty()) {
                for (DisruptionBudget budget : budgets) {
                    if (budget.covers(pod)) {
                        violates |= left.merge(budget, budget.allowed() - 1, (before, first) -> before - 1) < 0;
                    }
                }
            }
            (violates ? violating : harmless).add(pod);
        }
    }

    /** Fewest broken budgets, least important victims, fewest of them, and the most important ones youngest. */
    private static final Comparator<Candidate> BETTER = Comparator.<Candidate>comparingInt(Candidate::violations)
            .thenComparingInt(candidate -> candidate.victims.getFirst().priority())
            .thenComparingLong(candidate -> candidate.victims.stream()
                    .mapToLong(pod -> pod.priority() + (1L << 31)).sum())
            .thenComparingInt(candidate -> candidate.victims.size())
            .thenComparing(Preemptor::earliestStart, Comparator.reverseOrder());

    /** When the first of the most important victims started. */
    private static long earliestStart(Candidate candidate) {
        int highest = candidate.victims.getFirst().priority();
        return candidate.victims.stream().filter(pod -> pod.priority() == highest)
                .mapToLong(Preemptor::startOrLast).min().orElse(Long.MAX_VALUE);
    }

    /** A pod that has not started yet counts as the youngest. */
    private static long startOrLast(Pod pod) {
        return pod.startMillis() == 0 ? Long.MAX_VALUE : pod.startMillis();
    }
}
