package io.myriad.apiserver.admission.webhook;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

import io.myriad.api.selector.LabelSelector;

/**
 * Which writes a webhook, a policy or a policy's binding is for. Immutable.
 *
 * @param rules which writes; none at all in a binding means all
 * @param excluded which of them not
 * @param equivalent whether a rule for one version is for the others too
 * @param namespaceSelector which namespaces
 * @param objectSelector which objects
 */
public record MatchConstraints(List<Rule> rules, List<Rule> excluded, boolean equivalent,
        LabelSelector namespaceSelector, LabelSelector objectSelector) {
    /** Those of a policy or a binding. */
    public static MatchConstraints of(JsonNode constraints) {
        return new MatchConstraints(rules(constraints.path("resourceRules")),
                rules(constraints.path("excludeResourceRules")), equivalent(constraints),
                selector(constraints.path("namespaceSelector")), selector(constraints.path("objectSelector")));
    }

    static List<Rule> rules(JsonNode list) {
        List<Rule> rules = new ArrayList<>();
        list.forEach(rule -> rules.add(Rule.of(rule)));
        return List.copyOf(rules);
    }

    static boolean equivalent(JsonNode definition) {
        return !definition.path("matchPolicy").asString("Equivalent").equals("Exact");
    }

    /** Absent selectors choose everything here. */
    static LabelSelector selector(JsonNode selector) {
        return selector.isObject() ? LabelSelector.of(selector) : LabelSelector.everything();
    }
}
