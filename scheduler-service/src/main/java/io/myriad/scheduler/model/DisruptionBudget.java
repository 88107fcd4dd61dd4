package io.myriad.scheduler.model;

import java.util.HashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.selector.LabelSelector;

/**
 * How many of some pods may be displaced now.
 *
 * @param selector the pods, of the budget's namespace; an empty one means none
 * @param allowed how many more may go
 * @param disrupted names of pods that were allowed to go and still count as there
 */
public record DisruptionBudget(String namespace, String name, LabelSelector selector, int allowed,
        Set<String> disrupted) {
    public DisruptionBudget {
        disrupted = Set.copyOf(disrupted);
    }

    public static DisruptionBudget read(JsonNode budget) {
        JsonNode metadata = budget.path("metadata");
        Set<String> disrupted = new HashSet<>();
        budget.path("status").path("disruptedPods").forEachEntry((name, time) -> disrupted.add(name));
        return new DisruptionBudget(metadata.path("namespace").asString(""), metadata.path("name").asString(""),
                LabelSelector.of(budget.path("spec").get("selector")),
                budget.path("status").path("disruptionsAllowed").asInt(0), disrupted);
    }

    /** Whether the pod's going is charged to the budget. */
    public boolean covers(Pod pod) {
        return namespace.equals(pod.namespace()) && !selector.isEverything()
                && selector.matches(pod.template().labels()) && !disrupted.contains(pod.name());
    }
}
