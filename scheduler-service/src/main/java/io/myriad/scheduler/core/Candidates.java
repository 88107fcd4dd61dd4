package io.myriad.scheduler.core;

import java.util.Arrays;

import io.myriad.scheduler.model.Toleration;

/**
 * The nodes that a pod class chooses from, with the part of their evaluation that stays valid while a node does not
 * change. The next pod of the class compares versions instead of evaluating again: after one placement that is one node
 * of hundreds.
 *
 * <p>
 * Nodes that can never take the class are left out; the list is thrown away when such a property of any node changes.
 */
final class Candidates {
    private static final int INITIAL = 64;

    NodeState[] nodes = new NodeState[INITIAL];
    long[] seen = new long[INITIAL];
    /** Whether the node has room. What depends on domains is asked at each decision. */
    boolean[] roomy = new boolean[INITIAL];
    int[] own = new int[INITIAL];
    int[] discouraged = new int[INITIAL];
    int[] preference = new int[INITIAL];
    int size;
    /** Where in the cluster's order the search began, and how many nodes it has looked at. */
    final int start;
    int scanned;
    /** Whether all nodes have been looked at. */
    boolean complete;
    final long structureEpoch;
    final long imageEpoch;
    final long bornMillis;
    int uses;

    Candidates(int start, ClusterState cluster, long nowMillis) {
        this.start = start;
        this.structureEpoch = cluster.structureEpoch();
        this.imageEpoch = cluster.images.epoch();
        this.bornMillis = nowMillis;
    }

    /** Whether the list still holds for the class. A complete one does not age. */
    boolean holds(ClusterState cluster, PodClass pods, long nowMillis, int wanted) {
        return structureEpoch == cluster.structureEpoch()
                && (imageEpoch == cluster.images.epoch() || !cluster.images.knowsAny(pods.template.images()))
                && (complete || uses <= wanted && nowMillis - bornMillis < Limits.SAMPLE_LIFETIME_MILLIS);
    }

    void add(NodeState node, PodClass pods, ClusterState cluster) {
        if (size == nodes.length) {
            int more = size * 2;
            nodes = Arrays.copyOf(nodes, more);
            seen = Arrays.copyOf(seen, more);
            roomy = Arrays.copyOf(roomy, more);
            own = Arrays.copyOf(own, more);
            discouraged = Arrays.copyOf(discouraged, more);
            preference = Arrays.copyOf(preference, more);
        }
        nodes[size] = node;
        evaluate(size++, pods, cluster);
    }

    /** Brings the entry up to date when its node has changed. */
    void update(int index, PodClass pods, ClusterState cluster) {
        if (seen[index] != nodes[index].version) {
            evaluate(index, pods, cluster);
        }
    }

    private void evaluate(int index, PodClass pods, ClusterState cluster) {
        NodeState node = nodes[index];
        seen[index] = node.version;
        roomy[index] = NodeFilter.rejectLoad(pods, node) == null;
        if (roomy[index] && node.node != null) {
            own[index] = NodeScorer.own(pods, node, cluster);
            discouraged[index] = node.node.taints().isEmpty()
                    ? 0
                    : Toleration.discouraged(pods.template.tolerations(), node.node.taints());
            preference[index] = pods.template.preferredNodes().isEmpty()
                    ? 0
                    : NodeScorer.preference(pods, node.node);
        }
    }
}
