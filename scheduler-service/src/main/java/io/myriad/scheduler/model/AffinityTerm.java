package io.myriad.scheduler.model;

import java.util.Map;
import java.util.Set;

import io.myriad.api.selector.LabelSelector;

/**
 * Pods that a pod wants to be near to, or far from, within the domains of a node label.
 *
 * @param namespaces the namespaces of those pods
 * @param namespaceSelector more namespaces, by their labels
 * @param selector the labels of those pods
 * @param topologyKey the node label
 */
public record AffinityTerm(Set<String> namespaces, LabelSelector namespaceSelector, LabelSelector selector,
        String topologyKey) {
    public AffinityTerm {
        namespaces = Set.copyOf(namespaces);
    }

    /**
     * Whether the term means a pod.
     *
     * @param namespaceLabels the labels of the pod's namespace; empty when it is not known
     */
    public boolean matches(String namespace, Map<String, String> namespaceLabels, Map<String, String> labels) {
        return (namespaces.contains(namespace) || namespaceSelector.matches(namespaceLabels))
                && selector.matches(labels);
    }

    /** Whether the answer depends on the labels of namespaces. */
    public boolean selectsNamespaces() {
        return !namespaceSelector.isNothing() && !namespaceSelector.isEverything();
    }
}
