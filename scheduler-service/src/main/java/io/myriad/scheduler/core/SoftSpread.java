package io.myriad.scheduler.core;

import java.util.List;

/**
 * How crowded a node's domains are with siblings of the pod, for one decision: the sum over the soft spread constraints
 * of the pods in the domain, weighted by the logarithm of the number of domains among the candidates so that a few large
 * domains (zones) do not drown many small ones (hosts).
 */
final class SoftSpread {
    /** The crowd of a node that lacks a label which the pod's own constraints name: it scores 0 and sets no range. */
    static final long IGNORED = -1;

    private final List<PodClass.Lean> leans;
    private final boolean needsAllLabels;
    private final double[] weights;
    private final int[] seen;
    private int round;
    private int[] marks = new int[0];

    /** @param pods a class with soft constraints */
    SoftSpread(PodClass pods) {
        this.leans = pods.softSpread;
        this.needsAllLabels = !pods.spreadByDefault;
        this.weights = new double[leans.size()];
        this.seen = new int[leans.size()];
    }

    /** Counts the domains among the candidates; called once before {@link #crowd}. */
    void prepare(NodeState[] feasible, int count) {
        for (int i = 0; i < leans.size(); i++) {
            seen[i] = 0;
            PodClass.Lean lean = leans.get(i);
            round++;
            if (marks.length < lean.topology().bound() + 1) {
                marks = new int[lean.topology().bound() + 1];
                round = 1;
            }
            for (int j = 0; j < count; j++) {
                int node = feasible[j].id;
                if (!ignored(node)) {
                    int domain = lean.topology().domainOf(node) + 1; // no label is a domain like the others here
                    if (lean.perNode()) {
                        seen[i]++;
                    } else if (marks[domain] != round) {
                        marks[domain] = round;
                        seen[i]++;
                    }
                }
            }
            weights[i] = Math.log(seen[i] + 2.0);
        }
    }

    private boolean ignored(int node) {
        if (needsAllLabels) {
            for (int i = 0; i < leans.size(); i++) {
                if (leans.get(i).topology().domainOf(node) == Topology.NO_DOMAIN) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The crowd around a node, or {@link #IGNORED}. */
    long crowd(int node) {
        if (ignored(node)) {
            return IGNORED;
        }
        double crowd = 0;
        for (int i = 0; i < weights.length; i++) {
            PodClass.Lean lean = leans.get(i);
            if (lean.topology().domainOf(node) != Topology.NO_DOMAIN) {
                int pods = 0;
                if (lean.onNode() != null) {
                    pods = lean.onNode().onNode(node);
                } else if (lean.inDomain() != null) {
                    pods = lean.inDomain().around(node);
                }
                crowd += pods * weights[i] + (lean.maxSkew() - 1);
            }
        }
        return Math.round(crowd);
    }
}
