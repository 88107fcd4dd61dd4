package io.myriad.scheduler.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.myriad.api.selector.LabelSelector;
import io.myriad.scheduler.model.AffinityTerm;
import io.myriad.scheduler.model.PodTemplate;

/**
 * Which pods a counter counts: those that all terms mean.
 *
 * @param terms at least one; their topology keys do not matter
 * @param skipsTerminating whether pods that are being deleted do not count
 */
record PodMatcher(List<AffinityTerm> terms, boolean skipsTerminating) {
    PodMatcher {
        terms = terms.stream().map(PodMatcher::withoutKey).toList();
    }

    private static AffinityTerm withoutKey(AffinityTerm term) {
        return term.topologyKey().isEmpty()
                ? term
                : new AffinityTerm(term.namespaces(), term.namespaceSelector(), term.selector(), "");
    }

    /** The pods that spread constraints count: of one namespace, not ending. */
    static PodMatcher spread(String namespace, LabelSelector selector) {
        return new PodMatcher(List.of(new AffinityTerm(Set.of(namespace), LabelSelector.nothing(), selector, "")),
                true);
    }

    boolean matches(PodTemplate template, Function<String, Map<String, String>> namespaceLabels) {
        for (int i = 0; i < terms.size(); i++) {
            Map<String, String> labels = terms.get(i).selectsNamespaces()
                    ? namespaceLabels.apply(template.namespace())
                    : Map.of();
            if (!terms.get(i).matches(template.namespace(), labels, template.labels())) {
                return false;
            }
        }
        return true;
    }

    boolean selectsNamespaces() {
        return terms.stream().anyMatch(AffinityTerm::selectsNamespaces);
    }

    /** The one namespace whose pods can match, or empty when there may be several. */
    String onlyNamespace() {
        AffinityTerm first = terms.getFirst();
        return first.namespaceSelector().isNothing() && first.namespaces().size() == 1
                ? first.namespaces().iterator().next()
                : "";
    }
}
