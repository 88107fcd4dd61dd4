package io.myriad.apiserver.registry;

import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The forms in which {@code autoscaling/v1} writes down in annotations what it has no fields for. They are not those of
 * {@code autoscaling/v2}: metrics have the names of an older version, and what an autoscaler may do at once is written
 * with Go's names of fields. Other programs have stored and read them, so they stay as they are.
 */
final class AutoscalerMetrics {
    /** The kinds of metrics, in the order in which they are written. */
    private static final List<String> SOURCES = List.of("object", "pods", "resource", "containerResource", "external");
    private static final List<String> DIRECTIONS = List.of("scaleUp", "scaleDown");

    private AutoscalerMetrics() {}

    /** Metrics that are aimed at, in the older form. */
    static ArrayNode targetsToOld(JsonNode metrics) {
        return each(metrics, (source, metric) -> toOld(source, metric, "target"));
    }

    /** Metrics as they were last seen, in the older form. */
    static ArrayNode valuesToOld(JsonNode metrics) {
        return each(metrics, (source, metric) -> toOld(source, metric, "current"));
    }

    /** The reverse of {@link #targetsToOld}. */
    static ArrayNode targetsFromOld(JsonNode metrics) {
        return each(metrics, (source, metric) -> fromOld(source, metric, "target"));
    }

    /** The reverse of {@link #valuesToOld}. */
    static ArrayNode valuesFromOld(JsonNode metrics) {
        return each(metrics, (source, metric) -> fromOld(source, metric, "current"));
    }

    private interface Form {
        ObjectNode of(String source, JsonNode metric);
    }

    private static ArrayNode each(JsonNode metrics, Form form) {
        ArrayNode converted = JsonNodeFactory.instance.arrayNode();
        for (JsonNode metric : metrics) {
            ObjectNode one = converted.addObject();
            set(one, "type", metric.get("type"));
            for (String source : SOURCES) {
                if (metric.get(source) instanceof ObjectNode content) {
                    one.set(source, form.of(source, content));
                }
            }
        }
        return converted;
    }

    private static ObjectNode toOld(String source, JsonNode metric, String value) {
        ObjectNode old = JsonNodeFactory.instance.objectNode();
        JsonNode amount = metric.path(value);
        JsonNode name = metric.path("metric").get("name");
        JsonNode selector = metric.path("metric").get("selector");
        boolean aim = value.equals("target");
        switch (source) {
            case "object" -> {
                ObjectNode described = old.putObject("target");
                for (String field : List.of("kind", "name", "apiVersion")) {
                    set(described, field, metric.path("describedObject").get(field));
                }
                set(old, "metricName", name);
                set(old, aim ? "targetValue" : "currentValue", orZero(amount.get("value")));
                set(old, "selector", selector);
                set(old, "averageValue", amount.get("averageValue"));
            }
            case "pods" -> {
                set(old, "metricName", name);
                set(old, value + "AverageValue", orZero(amount.get("averageValue")));
                set(old, "selector", selector);
            }
            case "external" -> {
                set(old, "metricName", name);
                set(old, "metricSelector", selector);
                set(old, value + "Value", aim ? amount.get("value") : orZero(amount.get("value")));
                set(old, value + "AverageValue", amount.get("averageValue"));
            }
            default -> {
                set(old, "name", metric.get("name"));
                set(old, value + "AverageUtilization", amount.get("averageUtilization"));
                set(old, value + "AverageValue",
                        aim ? amount.get("averageValue") : orZero(amount.get("averageValue")));
                set(old, "container", metric.get("container"));
            }
        }
        return old;
    }

    private static ObjectNode fromOld(String source, JsonNode old, String value) {
        ObjectNode metric = JsonNodeFactory.instance.objectNode();
        ObjectNode amount = JsonNodeFactory.instance.objectNode();
        boolean aim = value.equals("target");
        if (source.equals("object") && old.get("target") instanceof ObjectNode described) {
            metric.set("describedObject", described);
        }
        set(metric, "name", old.get("name"));
        set(metric, "container", old.get("container"));
        JsonNode utilization = old.get(value + "AverageUtilization");
        JsonNode average = old.get(source.equals("object") ? "averageValue" : value + "AverageValue");
        JsonNode plain = old.get(value + "Value");
        if (source.equals("object") && aim && average != null && plain != null
                && plain.asString("").equals("0")) {
            plain = null;
        }
        if (aim) {
            amount.put("type", targetType(source, utilization, average, plain));
        }
        set(amount, "value", plain);
        set(amount, "averageValue", average);
        set(amount, "averageUtilization", utilization);
        metric.set(value, amount);
        if (old.has("metricName")) {
            ObjectNode identifier = metric.putObject("metric");
            set(identifier, "name", old.get("metricName"));
            set(identifier, "selector", old.get(source.equals("external") ? "metricSelector" : "selector"));
        }
        return metric;
    }

    private static String targetType(String source, @Nullable JsonNode utilization, @Nullable JsonNode average,
            @Nullable JsonNode plain) {
        return switch (source) {
            case "pods" -> "AverageValue";
            case "object" -> average == null ? "Value" : "AverageValue";
            case "external" -> plain == null ? "AverageValue" : "Value";
            default -> utilization == null ? "AverageValue" : "Utilization";
        };
    }

    /** What an autoscaler may do at once, with the names of Go's fields; those that are absent are null. */
    static ObjectNode behaviorToOld(JsonNode behavior) {
        ObjectNode old = JsonNodeFactory.instance.objectNode();
        for (String direction : DIRECTIONS) {
            if (!(behavior.get(direction) instanceof ObjectNode rules)) {
                old.putNull(capital(direction));
                continue;
            }
            ObjectNode oldRules = old.putObject(capital(direction));
            for (String field : List.of("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")) {
                JsonNode value = rules.get(field);
                oldRules.set(capital(field), value == null
                        ? JsonNodeFactory.instance.nullNode()
                        : field.equals("policies") ? renamed(value, AutoscalerMetrics::capital) : value);
            }
        }
        return old;
    }

    /** The reverse of {@link #behaviorToOld}; takes the names of {@code autoscaling/v2} too, as Go's decoder does. */
    static ObjectNode behaviorFromOld(JsonNode old) {
        return (ObjectNode) renamed(old, AutoscalerMetrics::small);
    }

    /** A copy with other names of fields, without what is null. */
    private static JsonNode renamed(JsonNode node, UnaryOperator<String> name) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(property -> {
                if (!property.getValue().isNull()) {
                    copy.set(name.apply(property.getKey()), renamed(property.getValue(), name));
                }
            });
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> copy.add(renamed(item, name)));
            return copy;
        }
        return node;
    }

    private static String capital(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static String small(String name) {
        return Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static JsonNode orZero(@Nullable JsonNode quantity) {
        return quantity == null ? JsonNodeFactory.instance.stringNode("0") : quantity;
    }

    private static void set(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value != null) {
            object.set(name, value);
        }
    }
}
