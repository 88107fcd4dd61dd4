package io.myriad.apiserver.table;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The columns of autoscalers, in either version: what each metric is, and what it should be. */
final class AutoscalerColumns {
    private static final int SHOWN_METRICS = 2;

    private AutoscalerColumns() {}

    static Columns<Row> autoscalers() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return Columns.named()
                .text("Reference",
                        row -> row.text("spec", "scaleTargetRef", "kind") + "/"
                                + row.text("spec", "scaleTargetRef", "name"))
                .text("Targets", AutoscalerColumns::targets)
                .text("MinPods", row -> row.textOr(Row.UNSET, "spec", "minReplicas"))
                .value("MaxPods", "string", row -> nodes.numberNode(row.integer("spec", "maxReplicas")))
                .value("Replicas", "string", row -> nodes.numberNode(row.integer("status", "currentReplicas")))
                .age(Row::age);
    }

    private static String targets(Row row) {
        List<String> texts = new ArrayList<>();
        if (row.has("spec", "targetCPUUtilizationPercentage")) {
            texts.add("cpu: " + percent(row.at("status", "currentCPUUtilizationPercentage"), Ages.UNKNOWN) + "/"
                    + percent(row.at("spec", "targetCPUUtilizationPercentage"), "<auto>"));
        }
        JsonNode metrics = row.at("spec", "metrics");
        for (int i = 0; i < metrics.size(); i++) {
            texts.add(target(metrics.get(i), row.at("status", "currentMetrics").path(i)));
        }
        if (texts.isEmpty()) {
            return Row.NONE;
        }
        String text = String.join(", ", texts.subList(0, Math.min(SHOWN_METRICS, texts.size())));
        return texts.size() > SHOWN_METRICS ? text + " + " + (texts.size() - SHOWN_METRICS) + " more..." : text;
    }

    private static String target(JsonNode metric, JsonNode status) {
        return switch (Row.string(metric.path("type"))) {
            case "External" -> valueOrAverage(metric.path("external"), status.get("external"));
            case "Object" -> valueOrAverage(metric.path("object"), status.get("object"));
            case "Pods" -> current(status.get("pods"), "averageValue") + "/"
                    + quantity(metric.path("pods").path("target").path("averageValue"));
            case "Resource" -> resource(metric.path("resource"), status.get("resource"));
            case "ContainerResource" ->
                resource(metric.path("containerResource"), status.get("containerResource"));
            default -> "<unknown type>";
        };
    }

    private static String valueOrAverage(JsonNode metric, @Nullable JsonNode status) {
        JsonNode target = metric.path("target");
        if (target.has("averageValue")) {
            boolean known = status != null && status.path("current").has("averageValue");
            return (known ? current(status, "averageValue") : Ages.UNKNOWN) + "/"
                    + quantity(target.path("averageValue")) + " (avg)";
        }
        return current(status, "value") + "/" + quantity(target.path("value"));
    }

    private static String resource(JsonNode metric, @Nullable JsonNode status) {
        JsonNode target = metric.path("target");
        String name = Row.string(metric.path("name"));
        if (target.has("averageValue")) {
            return name + ": " + current(status, "averageValue") + "/" + quantity(target.path("averageValue"));
        }
        String now = status == null
                ? Ages.UNKNOWN
                : percent(status.path("current").path("averageUtilization"), Ages.UNKNOWN);
        return name + ": " + now + "/" + percent(target.path("averageUtilization"), "<auto>");
    }

    /** The value that a metric has, unknown where it was not reported. */
    private static String current(@Nullable JsonNode status, String field) {
        return status == null ? Ages.UNKNOWN : quantity(status.path("current").path(field));
    }

    private static String quantity(JsonNode node) {
        String text = Row.string(node);
        return text.isEmpty() ? "0" : text;
    }

    private static String percent(JsonNode node, String otherwise) {
        return node.isNumber() ? node.longValue() + "%" : otherwise;
    }
}
