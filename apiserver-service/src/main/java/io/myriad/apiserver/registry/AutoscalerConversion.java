package io.myriad.apiserver.registry;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.codec.JsonWriter;
import io.myriad.apiserver.kind.AutoscalerAnnotations;

/**
 * Autoscalers: stored as {@code autoscaling/v2}, served as {@code autoscaling/v1} too, which knows the average use of CPU
 * alone. What v1 has no field for travels in annotations, so that a client of v1 takes nothing away.
 */
final class AutoscalerConversion implements Conversion {
    private static final int CPU_USE_DEFAULT_PERCENT = 80;

    @Override
    public ObjectNode toServed(ObjectNode stored) {
        AutoscalerAnnotations.drop(stored);
        TreeMap<String, JsonNode> travelling = new TreeMap<>();
        if (stored.get("spec") instanceof ObjectNode spec) {
            ArrayNode others = JsonNodeFactory.instance.arrayNode();
            JsonNode metrics = spec.remove("metrics");
            if (metrics != null) {
                for (JsonNode metric : metrics) {
                    JsonNode use = cpuUse(metric, "target");
                    if (use == null) {
                        others.add(metric);
                    } else if (!spec.has("targetCPUUtilizationPercentage")) {
                        spec.set("targetCPUUtilizationPercentage", use);
                    }
                }
            }
            keep(travelling, AutoscalerAnnotations.METRICS, AutoscalerMetrics.targetsToOld(others));
            if (spec.remove("behavior") instanceof ObjectNode behavior) {
                keep(travelling, AutoscalerAnnotations.BEHAVIOR, AutoscalerMetrics.behaviorToOld(behavior));
            }
        }
        if (stored.get("status") instanceof ObjectNode status) {
            JsonNode metrics = status.remove("currentMetrics");
            if (metrics != null) {
                for (JsonNode metric : metrics) {
                    JsonNode use = cpuUse(metric, "current");
                    if (use != null) {
                        status.set("currentCPUUtilizationPercentage", use);
                    }
                }
                // That of CPU too, for its plain value.
                keep(travelling, AutoscalerAnnotations.CURRENT_METRICS, AutoscalerMetrics.valuesToOld(metrics));
            }
            if (status.remove("conditions") instanceof ArrayNode conditions) {
                keep(travelling, AutoscalerAnnotations.CONDITIONS, conditions);
            }
            if (!status.has("currentReplicas")) {
                status.put("currentReplicas", 0);
            }
        }
        if (!travelling.isEmpty()) {
            ObjectNode metadata = Metadata.of(stored).node();
            if (metadata.get("annotations") instanceof ObjectNode annotations) {
                annotations.properties().forEach(one -> travelling.put(one.getKey(), one.getValue()));
            }
            metadata.putObject("annotations").setAll(travelling);
        }
        return stored;
    }

    @Override
    public ObjectNode toStored(ObjectNode served) {
        ObjectNode metadata = Metadata.of(served).node();
        if (served.get("spec") instanceof ObjectNode spec) {
            ArrayNode metrics = travelled(metadata, AutoscalerAnnotations.METRICS) instanceof ArrayNode others
                    ? AutoscalerMetrics.targetsFromOld(others)
                    : JsonNodeFactory.instance.arrayNode();
            JsonNode cpu = spec.remove("targetCPUUtilizationPercentage");
            if (cpu != null) {
                addCpu(metrics, "target").put("type", "Utilization").set("averageUtilization", cpu);
            }
            if (metrics.isEmpty()) {
                addCpu(metrics, "target").put("type", "Utilization").put("averageUtilization", CPU_USE_DEFAULT_PERCENT);
            }
            spec.set("metrics", metrics);
            if (travelled(metadata, AutoscalerAnnotations.BEHAVIOR) instanceof ObjectNode old) {
                ObjectNode behavior = AutoscalerMetrics.behaviorFromOld(old);
                if (!behavior.isEmpty()) {
                    spec.set("behavior", behavior);
                }
            }
        }
        if (served.get("status") instanceof ObjectNode status) {
            JsonNode cpu = status.remove("currentCPUUtilizationPercentage");
            if (travelled(metadata, AutoscalerAnnotations.CURRENT_METRICS) instanceof ArrayNode all) {
                status.set("currentMetrics", AutoscalerMetrics.valuesFromOld(all));
            } else if (cpu != null) {
                addCpu(status.putArray("currentMetrics"), "current").set("averageUtilization", cpu);
            }
            if (travelled(metadata, AutoscalerAnnotations.CONDITIONS) instanceof ArrayNode conditions) {
                status.set("conditions", conditions);
            }
        }
        AutoscalerAnnotations.drop(served);
        return served;
    }

    /** The average use of CPU that a metric is about, or null. */
    private static @Nullable JsonNode cpuUse(JsonNode metric, String value) {
        boolean cpu = metric.path("type").asString("").equals("Resource")
                && metric.path("resource").path("name").asString("").equals("cpu");
        return cpu ? metric.path("resource").path(value).get("averageUtilization") : null;
    }

    private static ObjectNode addCpu(ArrayNode metrics, String value) {
        ObjectNode resource = metrics.addObject().put("type", "Resource").putObject("resource");
        return resource.put("name", "cpu").putObject(value);
    }

    private static void keep(TreeMap<String, JsonNode> travelling, String name, JsonNode value) {
        if (!value.isEmpty()) {
            travelling.put(name, JsonNodeFactory.instance
                    .stringNode(new String(JsonWriter.write(value), StandardCharsets.UTF_8)));
        }
    }

    /** What an annotation holds; null without it, and when it is no JSON. */
    private static @Nullable JsonNode travelled(ObjectNode metadata, String name) {
        JsonNode value = metadata.path("annotations").get(name);
        if (value == null) {
            return null;
        }
        try {
            return JsonMapper.shared().readTree(value.asString(""));
        } catch (JacksonException notOurs) {
            return null;
        }
    }
}
