package io.myriad.scheduler.model;

import java.util.HashMap;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/** Sums and maxima over API resource lists, exact until they become whole units. */
final class ResourceLists {
    static final String CPU = "cpu";
    static final String MEMORY = "memory";
    static final String EPHEMERAL_STORAGE = "ephemeral-storage";
    static final String PODS = "pods";

    private ResourceLists() {}

    /** A resource list of the API; values that are no quantities are left out, as validation refuses them. */
    static Map<String, Quantity> read(JsonNode list) {
        if (list.isEmpty()) {
            return Map.of();
        }
        Map<String, Quantity> amounts = HashMap.newHashMap(list.size());
        list.forEachEntry((name, value) -> amounts.put(name, Quantity.parse(value.asString())));
        return amounts;
    }

    static void add(Map<String, Quantity> sum, Map<String, Quantity> more) {
        more.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
    }

    static void raise(Map<String, Quantity> most, Map<String, Quantity> other) {
        other.forEach((name, amount) -> most.merge(name, amount, (a, b) -> a.compareTo(b) >= 0 ? a : b));
    }

    static Resources resources(Map<String, Quantity> amounts) {
        if (amounts.isEmpty()) {
            return Resources.NONE;
        }
        Map<String, Long> scalars = new HashMap<>(0);
        amounts.forEach((name, amount) -> {
            switch (name) {
                case CPU, MEMORY, EPHEMERAL_STORAGE, PODS -> {
                }
                default -> scalars.put(name, amount.value());
            }
        });
        return new Resources(milliCpu(amounts), bytes(amounts, MEMORY), bytes(amounts, EPHEMERAL_STORAGE), scalars);
    }

    static long milliCpu(Map<String, Quantity> amounts) {
        return amounts.getOrDefault(CPU, Quantity.ZERO).milliValue();
    }

    static long bytes(Map<String, Quantity> amounts, String name) {
        return amounts.getOrDefault(name, Quantity.ZERO).value();
    }
}
