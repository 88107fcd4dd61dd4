package io.myriad.scheduler.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/**
 * What a pod asks for altogether.
 *
 * <p>
 * Containers run together, ordinary init containers one at a time before them, restartable ones from their turn on. So
 * the sum is the larger of all that stay and the worst moment of initialisation. While a container is being resized the
 * largest of what it asks, what was promised and what it has counts. Requests of the pod as a whole replace the sum for
 * the resources they name; the overhead of the runtime is added.
 */
final class RequestsReader {
    private static final Map<String, Quantity> SCORED_DEFAULTS = Map.of(ResourceLists.CPU,
            Quantity.ofMilli(Requests.DEFAULT_MILLI_CPU, Quantity.Format.DECIMAL_SI), ResourceLists.MEMORY,
            Quantity.of(Requests.DEFAULT_MEMORY_BYTES, Quantity.Format.BINARY_SI));

    private final JsonNode spec;
    private final Map<String, JsonNode> statuses = new HashMap<>(0);
    private final boolean resizeInfeasible;

    private RequestsReader(JsonNode pod) {
        this.spec = pod.path("spec");
        JsonNode status = pod.path("status");
        for (String list : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode container : status.path(list)) {
                if (container.has("allocatedResources") || container.has("resources")) {
                    statuses.put(container.path("name").asString(""), container);
                }
            }
        }
        boolean infeasible = false;
        for (JsonNode condition : status.path("conditions")) {
            infeasible |= condition.path("type").asString("").equals("PodResizePending")
                    && condition.path("reason").asString("").equals("Infeasible");
        }
        this.resizeInfeasible = infeasible;
    }

    static Requests read(JsonNode pod) {
        RequestsReader reader = new RequestsReader(pod);
        Map<String, Quantity> scored = reader.total(SCORED_DEFAULTS);
        return new Requests(ResourceLists.resources(reader.total(Map.of())), ResourceLists.milliCpu(scored),
                ResourceLists.bytes(scored, ResourceLists.MEMORY));
    }

    private Map<String, Quantity> total(Map<String, Quantity> defaults) {
        Map<String, Quantity> total = containers(defaults);
        ResourceLists.read(spec.path("resources").path("requests")).forEach((name, amount) -> {
            if (name.equals(ResourceLists.CPU) || name.equals(ResourceLists.MEMORY) || name.startsWith("hugepages-")) {
                total.put(name, amount);
            }
        });
        ResourceLists.add(total, ResourceLists.read(spec.path("overhead")));
        return total;
    }

    private Map<String, Quantity> containers(Map<String, Quantity> defaults) {
        Map<String, Quantity> asked = sum(defaults, this::asked);
        if (statuses.isEmpty()) {
            return asked;
        }
        Map<String, Quantity> most = sum(defaults, this::actual);
        ResourceLists.raise(most, sum(defaults, this::promised));
        if (!resizeInfeasible) {
            ResourceLists.raise(most, asked);
        }
        return most;
    }

    private Map<String, Quantity> asked(JsonNode container) {
        return ResourceLists.read(container.path("resources").path("requests"));
    }

    private Map<String, Quantity> promised(JsonNode container) {
        JsonNode status = statuses.get(container.path("name").asString(""));
        if (status != null && status.has("allocatedResources")) {
            return ResourceLists.read(status.path("allocatedResources"));
        }
        return resizeInfeasible ? Map.of() : asked(container);
    }

    private Map<String, Quantity> actual(JsonNode container) {
        JsonNode status = statuses.get(container.path("name").asString(""));
        return status != null && status.path("resources").has("requests")
                ? ResourceLists.read(status.path("resources").path("requests"))
                : promised(container);
    }

    private Map<String, Quantity> sum(Map<String, Quantity> defaults,
            Function<JsonNode, Map<String, Quantity>> requests) {
        Map<String, Quantity> total = new HashMap<>();
        for (JsonNode container : spec.path("containers")) {
            ResourceLists.add(total, completed(requests.apply(container), defaults));
        }
        Map<String, Quantity> restartable = new HashMap<>(0);
        Map<String, Quantity> initialisation = new HashMap<>(0);
        for (JsonNode container : spec.path("initContainers")) {
            Map<String, Quantity> one = completed(requests.apply(container), defaults);
            if (container.path("restartPolicy").asString("").equals("Always")) {
                ResourceLists.add(total, one);
                ResourceLists.add(restartable, one);
                ResourceLists.raise(initialisation, restartable);
            } else {
                Map<String, Quantity> moment = new HashMap<>(restartable);
                ResourceLists.add(moment, one);
                ResourceLists.raise(initialisation, moment);
            }
        }
        ResourceLists.raise(total, initialisation);
        return total;
    }

    private static Map<String, Quantity> completed(Map<String, Quantity> requests, Map<String, Quantity> defaults) {
        if (defaults.isEmpty()) {
            return requests;
        }
        Map<String, Quantity> completed = new HashMap<>(defaults);
        completed.putAll(requests);
        return completed;
    }
}
