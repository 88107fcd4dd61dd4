package io.myriad.api.golden;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.apply.Versions;
import io.myriad.api.schema.Schema;

/** Converts autoscalers between {@code v1} and {@code v2} as far as the golden case goes: a target for the CPU. */
final class GoldenAutoscalers implements Versions {
    @Override
    public @Nullable Versioned convert(ObjectNode object, String apiVersion) {
        ObjectNode converted = object.deepCopy();
        converted.put("apiVersion", apiVersion);
        if (!(converted.get("spec") instanceof ObjectNode spec) || !apiVersion.startsWith("autoscaling/")) {
            return null;
        }
        if (apiVersion.endsWith("/v2")) {
            JsonNode percentage = spec.remove("targetCPUUtilizationPercentage");
            if (percentage != null) {
                ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
                ObjectNode resource = metric.putObject("resource").put("name", "cpu");
                resource.putObject("target").put("type", "Utilization").set("averageUtilization", percentage);
            }
        } else {
            JsonNode metrics = spec.remove("metrics");
            if (metrics != null && metrics.size() > 0) {
                spec.set("targetCPUUtilizationPercentage",
                        metrics.get(0).path("resource").path("target").path("averageUtilization"));
            }
        }
        return new Versioned(converted, Schema.builtin().kind(
                new GroupVersionKind("autoscaling", apiVersion.substring(12), "HorizontalPodAutoscaler")));
    }
}
