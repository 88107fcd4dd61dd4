package io.myriad.apiserver.kind;

import java.util.HashMap;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/** The quality of service class of a pod: what its containers ask for decides how it fares under pressure. */
final class QualityOfService {
    private static final String[] COUNTED = {"cpu", "memory"};

    private QualityOfService() {}

    /** {@code Guaranteed}, {@code Burstable} or {@code BestEffort}. */
    static String of(JsonNode spec) {
        JsonNode ofPod = spec.path("resources");
        if (!ofPod.path("requests").isEmpty() || !ofPod.path("limits").isEmpty()) {
            return guaranteed(ofPod) ? "Guaranteed" : any(ofPod) ? "Burstable" : "BestEffort";
        }
        boolean anything = false;
        boolean everything = true;
        for (String list : new String[]{"containers", "initContainers"}) {
            for (JsonNode container : spec.path(list)) {
                JsonNode resources = container.path("resources");
                anything |= any(resources);
                everything &= guaranteed(resources);
            }
        }
        return !anything ? "BestEffort" : everything ? "Guaranteed" : "Burstable";
    }

    private static boolean any(JsonNode resources) {
        return !positive(resources.path("requests")).isEmpty() || !positive(resources.path("limits")).isEmpty();
    }

    /** Limits for everything that counts, and requests, where given, equal to them. */
    private static boolean guaranteed(JsonNode resources) {
        Map<String, Quantity> limits = positive(resources.path("limits"));
        Map<String, Quantity> requests = positive(resources.path("requests"));
        for (String name : COUNTED) {
            Quantity limit = limits.get(name);
            Quantity request = requests.get(name);
            if (limit == null || request != null && request.compareTo(limit) != 0) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Quantity> positive(JsonNode list) {
        Map<String, Quantity> result = new HashMap<>();
        for (String name : COUNTED) {
            if (list.hasNonNull(name)) {
                Quantity quantity = Check.quantity(list.path(name));
                if (quantity.signum() > 0) {
                    result.put(name, quantity);
                }
            }
        }
        return result;
    }
}
