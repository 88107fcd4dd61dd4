package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Autoscalers: stored as {@code autoscaling/v2}, served as {@code autoscaling/v1} too, which knows the average use of CPU
 * alone. What v1 has no field for travels in annotations, so that a client of v1 takes nothing away.
 */
final class AutoscalerConversion implements Conversion {
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
    private static final String METRICS = PREFIX + "metrics";
    private static final String BEHAVIOR = PREFIX + "behavior";
    private static final String CONDITIONS = PREFIX + "conditions";
    private static final String CURRENT_METRICS = PREFIX + "current-metrics";

    @Override
    public ObjectNode toServed(ObjectNode stored) {
        ObjectNode annotations = JsonNodeFactory.instance.objectNode();
        if (stored.get("spec") instanceof ObjectNode spec) {
            Split metrics = split(spec.remove("metrics"), "target");
            if (metrics.cpu != null) {
                spec.set("targetCPUUtilizationPercentage", metrics.cpu);
            }
            keep(annotations, METRICS, metrics.others);
            keep(annotations, BEHAVIOR, spec.remove("behavior"));
        }
        if (stored.get("status") instanceof ObjectNode status) {
            Split metrics = split(status.remove("currentMetrics"), "current");
            if (metrics.cpu != null) {
                status.set("currentCPUUtilizationPercentage", metrics.cpu);
            }
            keep(annotations, CURRENT_METRICS, metrics.others);
            keep(annotations, CONDITIONS, status.remove("conditions"));
            if (!status.has("currentReplicas")) {
                status.put("currentReplicas", 0);
            }
        }
        if (!annotations.isEmpty()) {
            Metadata.of(stored).node().withObjectProperty("annotations").setAll(annotations);
        }
        return stored;
    }

    @Override
    public ObjectNode toStored(ObjectNode served) {
        ObjectNode metadata = Metadata.of(served).node();
        if (served.get("spec") instanceof ObjectNode spec) {
            ArrayNode metrics = taken(metadata, METRICS) instanceof ArrayNode others
                    ? others
                    : JsonNodeFactory.instance.arrayNode();
            JsonNode cpu = spec.remove("targetCPUUtilizationPercentage");
            if (cpu != null) {
                metrics.insert(0, cpuMetric("target", cpu).put("type", "Resource"));
                ((ObjectNode) metrics.get(0).get("resource").get("target")).put("type", "Utilization");
            }
            if (!metrics.isEmpty()) {
                spec.set("metrics", metrics);
            }
            if (taken(metadata, BEHAVIOR) instanceof ObjectNode behavior) {
                spec.set("behavior", behavior);
            }
        }
        if (served.get("status") instanceof ObjectNode status) {
            ArrayNode metrics = taken(metadata, CURRENT_METRICS) instanceof ArrayNode others
                    ? others
                    : JsonNodeFactory.instance.arrayNode();
            JsonNode cpu = status.remove("currentCPUUtilizationPercentage");
            if (cpu != null) {
                metrics.insert(0, cpuMetric("current", cpu).put("type", "Resource"));
            }
            if (!metrics.isEmpty()) {
                status.set("currentMetrics", metrics);
            }
            if (taken(metadata, CONDITIONS) instanceof ArrayNode conditions) {
                status.set("conditions", conditions);
            }
        }
        return served;
    }

    /** Metrics, the average use of CPU apart. */
    private static final class Split {
        private @Nullable JsonNode cpu;
        private final ArrayNode others = JsonNodeFactory.instance.arrayNode();
    }

    private static Split split(@Nullable JsonNode metrics, String value) {
        Split split = new Split();
        if (metrics == null) {
            return split;
        }
        for (JsonNode metric : metrics) {
            JsonNode use = metric.path("resource").path(value).get("averageUtilization");
            if (split.cpu == null && use != null && metric.path("type").asString("").equals("Resource")
                    && metric.path("resource").path("name").asString("").equals("cpu")) {
                split.cpu = use;
            } else {
                split.others.add(metric);
            }
        }
        return split;
    }

    private static ObjectNode cpuMetric(String value, JsonNode use) {
        ObjectNode metric = JsonNodeFactory.instance.objectNode();
        ObjectNode resource = metric.putObject("resource");
        resource.put("name", "cpu").putObject(value).set("averageUtilization", use);
        return metric;
    }

    private static void keep(ObjectNode annotations, String name, @Nullable JsonNode value) {
        if (value != null && !value.isEmpty()) {
            annotations.put(name, value.toString());
        }
    }

    private static @Nullable JsonNode taken(ObjectNode metadata, String name) {
        if (!(metadata.get("annotations") instanceof ObjectNode annotations)) {
            return null;
        }
        JsonNode value = annotations.remove(name);
        if (annotations.isEmpty()) {
            metadata.remove("annotations");
        }
        return value == null ? null : JsonMapper.shared().readTree(value.asString());
    }
}
