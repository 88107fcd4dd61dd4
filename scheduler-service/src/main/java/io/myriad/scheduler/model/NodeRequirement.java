package io.myriad.scheduler.model;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.selector.LabelSelector;

/**
 * The nodes a pod may run on: its node selector and its required node affinity.
 *
 * @param labels the node selector
 * @param terms the required affinity, of which one term must match; null when the pod has none, so that an empty list
 *            matches no node
 * @param names the only nodes that can match, as every term names its own; null when that is not so. Finding a
 *            DaemonSet's node then takes no search.
 */
public record NodeRequirement(LabelSelector labels, @Nullable List<NodeTerm> terms, @Nullable Set<String> names) {
    /** Every node. */
    public static final NodeRequirement NONE = new NodeRequirement(LabelSelector.everything(), null, null);

    public NodeRequirement {
        terms = terms == null ? null : List.copyOf(terms);
        names = names == null ? null : Set.copyOf(names);
    }

    public boolean isNone() { return terms == null && labels.isEverything(); }

    public boolean matches(Node node) {
        if (!labels.matches(node.labels())) {
            return false;
        }
        if (terms == null) {
            return true;
        }
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).matches(node)) {
                return true;
            }
        }
        return false;
    }
}
