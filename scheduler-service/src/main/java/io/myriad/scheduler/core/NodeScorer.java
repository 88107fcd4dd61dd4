package io.myriad.scheduler.core;

import java.util.List;

import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.PreferredNodeTerm;
import io.myriad.scheduler.model.Requests;

/**
 * How good a feasible node is, with the formulas and weights of kube-scheduler's default profile. Some scores stand for
 * themselves; others are only known relative to the other candidates and are brought to 0..100 over all of them.
 */
final class NodeScorer {
    static final long MAX_SCORE = 100;
    private static final int TAINT_WEIGHT = 3;
    private static final int AFFINITY_WEIGHT = 2;
    private static final int SPREAD_WEIGHT = 2;
    private static final int POD_AFFINITY_WEIGHT = 2;

    private NodeScorer() {}

    /** The scores that need no other candidate: free resources, balance of resources, images. Each has weight 1. */
    static int own(PodClass pods, NodeState node, ClusterState cluster) {
        int score = leastAllocated(pods, node) + balanced(pods, node);
        List<String> images = pods.template.images();
        Node spec = node.node;
        if (spec != null && !spec.images().isEmpty() && !images.isEmpty()) {
            score += cluster.images.score(spec, images, cluster.nodes());
        }
        return score;
    }

    /** The part of CPU and memory that stays free, on average. */
    private static int leastAllocated(PodClass pods, NodeState node) {
        Requests requests = pods.template.requests();
        long sum = 0;
        int parts = 0;
        if (node.allocatableMilliCpu != 0) {
            sum += free(node.scoredMilliCpu + requests.scoredMilliCpu(), node.allocatableMilliCpu);
            parts++;
        }
        if (node.allocatableMemoryBytes != 0) {
            sum += free(node.scoredMemoryBytes + requests.scoredMemoryBytes(), node.allocatableMemoryBytes);
            parts++;
        }
        return parts == 0 ? 0 : (int) (sum / parts);
    }

    private static long free(long used, long capacity) {
        return used > capacity ? 0 : (capacity - used) * MAX_SCORE / capacity;
    }

    /** How much nearer to equal use of CPU and memory the pod brings the node: 75 for no change. */
    private static int balanced(PodClass pods, NodeState node) {
        long milliCpu = pods.template.requests().resources().milliCpu();
        long memoryBytes = pods.template.requests().resources().memoryBytes();
        if (milliCpu == 0 && memoryBytes == 0) {
            return 0;
        }
        long with = balance(node, node.usedMilliCpu + milliCpu, node.usedMemoryBytes + memoryBytes);
        long without = balance(node, node.usedMilliCpu, node.usedMemoryBytes);
        return (int) (MAX_SCORE / 2 + (MAX_SCORE / 2 + with - without) / 2);
    }

    private static long balance(NodeState node, long milliCpu, long memoryBytes) {
        if (node.allocatableMilliCpu == 0 || node.allocatableMemoryBytes == 0) {
            return MAX_SCORE; // one resource alone is in balance with itself
        }
        double cpu = Math.min((double) milliCpu / node.allocatableMilliCpu, 1);
        double memory = Math.min((double) memoryBytes / node.allocatableMemoryBytes, 1);
        double deviation = Math.abs((cpu - memory) / 2);
        return (long) ((1 - deviation) * MAX_SCORE);
    }

    /** The sum of the weights of the pod's preferred node terms that the node matches. */
    static int preference(PodClass pods, Node node) {
        List<PreferredNodeTerm> terms = pods.template.preferredNodes();
        int sum = 0;
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).term().matches(node)) {
                sum += terms.get(i).weight();
            }
        }
        return sum;
    }

    /** The pull of pods in the node's domains, in both directions: the pod's own wishes and those of placed pods. */
    static long pull(PodClass pods, int node) {
        long sum = 0;
        for (int i = 0; i < pods.pulls.size(); i++) {
            PodClass.Pull pull = pods.pulls.get(i);
            sum += (long) pull.weight() * pull.pods().around(node);
        }
        for (int i = 0; i < pods.drawn.size(); i++) {
            sum += pods.drawn.get(i).around(node);
        }
        return sum;
    }

    /** The four relative scores of one node brought to 0..100 and weighted. */
    static long relative(Ranges ranges, int discouraged, int preference, long crowd, long pull) {
        long taint = ranges.mostDiscouraged == 0
                ? MAX_SCORE
                : MAX_SCORE - MAX_SCORE * discouraged / ranges.mostDiscouraged;
        long affinity = ranges.mostPreferred == 0 ? 0 : MAX_SCORE * preference / ranges.mostPreferred;
        long podAffinity = ranges.mostPulled == ranges.leastPulled
                ? 0
                : (long) (MAX_SCORE * ((double) (pull - ranges.leastPulled)
                        / (double) (ranges.mostPulled - ranges.leastPulled)));
        return TAINT_WEIGHT * taint + AFFINITY_WEIGHT * affinity + SPREAD_WEIGHT * spread(ranges, crowd)
                + POD_AFFINITY_WEIGHT * podAffinity;
    }

    /** The emptier a node's domains are of the pod's siblings the better; see {@link SoftSpread} for the crowd. */
    private static long spread(Ranges ranges, long crowd) {
        if (!ranges.spreads || crowd == SoftSpread.IGNORED) {
            return 0;
        }
        return ranges.mostCrowded == 0
                ? MAX_SCORE
                : MAX_SCORE * (ranges.mostCrowded + ranges.leastCrowded - crowd) / ranges.mostCrowded;
    }

    /** The extremes of the relative scores over all candidates of a decision. */
    static final class Ranges {
        int mostDiscouraged;
        int mostPreferred;
        boolean spreads;
        long leastCrowded = Long.MAX_VALUE;
        long mostCrowded;
        long leastPulled = Long.MAX_VALUE;
        long mostPulled = Long.MIN_VALUE;

        void add(int discouraged, int preference, long crowd, long pull) {
            mostDiscouraged = Math.max(mostDiscouraged, discouraged);
            mostPreferred = Math.max(mostPreferred, preference);
            leastPulled = Math.min(leastPulled, pull);
            mostPulled = Math.max(mostPulled, pull);
            if (crowd != SoftSpread.IGNORED) {
                leastCrowded = Math.min(leastCrowded, crowd);
                mostCrowded = Math.max(mostCrowded, crowd);
            }
        }
    }
}
