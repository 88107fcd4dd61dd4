package io.myriad.scheduler.core;

import java.util.BitSet;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.scheduler.model.Node;
import io.myriad.scheduler.model.NodeRequirement;
import io.myriad.scheduler.model.Toleration;

/**
 * The nodes whose pods a spread constraint counts, as a bit per node: those with all of its pod's topology labels, where
 * asked admitted by the pod's node requirement and by its tolerations. Constraints with equal rules share one.
 */
final class NodeGate {
    /**
     * The rules.
     *
     * @param keys labels a node must have
     * @param tolerations what a node's taints are held against, or null when taints do not matter
     */
    record Rules(List<String> keys, NodeRequirement requirement,
            @Nullable List<Toleration> tolerations) {}

    final Rules rules;
    private final BitSet open = new BitSet();
    private int users;

    NodeGate(Rules rules) {
        this.rules = rules;
    }

    boolean isOpen(int node) {
        return open.get(node);
    }

    /** A node is as given now. */
    void set(int id, Node node) {
        open.set(id, admits(node));
    }

    void clear(int id) {
        open.clear(id);
    }

    private boolean admits(Node node) {
        for (int i = 0; i < rules.keys().size(); i++) {
            if (!node.labels().containsKey(rules.keys().get(i))) {
                return false;
            }
        }
        return rules.requirement().matches(node)
                && (rules.tolerations() == null || Toleration.admitted(rules.tolerations(), node.taints()));
    }

    /** Whether somebody still needs the gate after the number of its users changes by {@code delta}. */
    boolean used(int delta) {
        users += delta;
        return users > 0;
    }
}
