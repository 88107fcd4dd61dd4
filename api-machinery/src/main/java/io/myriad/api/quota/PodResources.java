package io.myriad.api.quota;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/**
 * What a pod as a whole asks for: the sum of its containers, or what its init containers need on the way if that is more,
 * plus the overhead of its runtime. Init containers that keep running (sidecars) count as containers, and beside the init
 * containers after them. What the pod says for itself replaces the sum. Pure; safe for any thread.
 */
public final class PodResources {
    private PodResources() {}

    /** Requests by resource name, from a pod's spec. */
    public static Map<String, Quantity> requests(JsonNode spec) {
        return total(spec, "requests");
    }

    /** Limits by resource name, from a pod's spec. */
    public static Map<String, Quantity> limits(JsonNode spec) {
        return total(spec, "limits");
    }

    /** Whether a pod may ask for a resource apart from its containers. */
    public static boolean ofPods(String name) {
        return name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-");
    }

    private static Map<String, Quantity> total(JsonNode spec, String list) {
        Map<String, Quantity> running = new TreeMap<>();
        for (JsonNode container : spec.path("containers")) {
            merge(running, container.path("resources").path(list), Quantity::plus);
        }
        Map<String, Quantity> sidecars = new TreeMap<>();
        Map<String, Quantity> starting = new TreeMap<>();
        for (JsonNode container : spec.path("initContainers")) {
            JsonNode asked = container.path("resources").path(list);
            if (container.path("restartPolicy").stringValue("").equals("Always")) {
                merge(running, asked, Quantity::plus);
                merge(sidecars, asked, Quantity::plus);
                sidecars.forEach((name, amount) -> starting.merge(name, amount, PodResources::larger));
            } else {
                Map<String, Quantity> now = new TreeMap<>(sidecars);
                merge(now, asked, Quantity::plus);
                now.forEach((name, amount) -> starting.merge(name, amount, PodResources::larger));
            }
        }
        starting.forEach((name, amount) -> running.merge(name, amount, PodResources::larger));
        spec.path("resources").path(list).forEachEntry((name, amount) -> {
            if (ofPods(name)) {
                running.put(name, Quantity.parse(amount.asString()));
            }
        });
        boolean limits = list.equals("limits");
        spec.path("overhead").forEachEntry((name, amount) -> {
            // A limit that is not there has no overhead either.
            if (!limits || running.containsKey(name)) {
                running.merge(name, Quantity.parse(amount.asString()), Quantity::plus);
            }
        });
        return running;
    }

    private static void merge(Map<String, Quantity> into, JsonNode amounts, BinaryOperator<Quantity> how) {
        amounts.forEachEntry((name, amount) -> into.merge(name, Quantity.parse(amount.asString()), how));
    }

    private static Quantity larger(Quantity one, Quantity other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
