package io.myriad.controller.namespace;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Timestamps;
import io.myriad.controller.model.Conditions;

/**
 * How far the emptying of a namespace has come, and the conditions that say so. Reasons and messages are those that people
 * know from {@code kubectl describe namespace}.
 *
 * @param undiscovered group versions of which it is not known what they serve
 * @param failures why content could not be deleted
 * @param remaining objects left, by resource and group ({@code pods.}, {@code deployments.apps})
 * @param finalizers objects held by each finalizer
 */
record Emptying(List<String> undiscovered, List<String> failures, Map<String, Integer> remaining,
        Map<String, Integer> finalizers) {
    static Emptying start(List<String> undiscovered) {
        return new Emptying(undiscovered, new ArrayList<>(), new TreeMap<>(), new TreeMap<>());
    }

    int objectsLeft() {
        return remaining.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Whether the namespace may go. */
    boolean done() {
        return undiscovered.isEmpty() && failures.isEmpty() && objectsLeft() == 0;
    }

    /** Brings the conditions up to date; returns whether any has changed. */
    boolean report(ObjectNode status, Instant now) {
        boolean changed = set(status, "NamespaceDeletionDiscoveryFailure", !undiscovered.isEmpty(), "DiscoveryFailed",
                "Discovery failed for some groups, " + undiscovered.size() + " failing: " + undiscovered,
                "ResourcesDiscovered", "All resources successfully discovered", now);
        changed |= set(status, "NamespaceDeletionGroupVersionParsingFailure", false, "", "", "ParsedGroupVersions",
                "All legacy kube types successfully parsed", now);
        changed |= set(status, "NamespaceDeletionContentFailure", !failures.isEmpty(), "ContentDeletionFailed",
                "Failed to delete all resource types, " + failures.size() + " remaining: "
                        + String.join(", ", failures.stream().sorted().toList()),
                "ContentDeleted", "All content successfully deleted, may be waiting on finalization", now);
        changed |= set(status, "NamespaceContentRemaining", objectsLeft() > 0, "SomeResourcesRemain",
                "Some resources are remaining: " + list(remaining, " has ", " resource instances"), "ContentRemoved",
                "All content successfully removed", now);
        changed |= set(status, "NamespaceFinalizersRemaining", !finalizers.isEmpty(), "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: "
                        + list(finalizers, " in ", " resource instances"),
                "ContentHasNoFinalizers", "All content-preserving finalizers finished", now);
        return changed;
    }

    private static String list(Map<String, Integer> counts, String between, String after) {
        List<String> parts = new ArrayList<>();
        counts.forEach((name, count) -> {
            if (count > 0) {
                parts.add(name + between + count + after);
            }
        });
        return String.join(", ", parts);
    }

    private static boolean set(ObjectNode status, String type, boolean bad, String badReason, String badMessage,
            String goodReason, String goodMessage, Instant now) {
        ObjectNode fresh = JsonNodeFactory.instance.objectNode().put("type", type).put("status", bad ? "True" : "False")
                .put("lastTransitionTime", Timestamps.format(now)).put("reason", bad ? badReason : goodReason)
                .put("message", bad ? badMessage : goodMessage);
        ObjectNode known = Conditions.find(status, type);
        if (known != null && known.path("status").equals(fresh.path("status"))) {
            if (known.path("reason").equals(fresh.path("reason"))
                    && known.path("message").equals(fresh.path("message"))) {
                return false;
            }
            fresh.set("lastTransitionTime", known.path("lastTransitionTime"));
        }
        Conditions.put(status, fresh);
        return true;
    }
}
