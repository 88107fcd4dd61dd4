package io.myriad.apiserver.table;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import io.myriad.api.codec.JsonWriter;
import io.myriad.api.value.Timestamps;

/** The columns of a custom resource: its name, and what its definition lists in {@code additionalPrinterColumns}. */
public final class CustomColumns {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CustomColumns() {}

    /**
     * The columns of a version of a custom resource.
     *
     * @param printerColumns the version's {@code additionalPrinterColumns}; empty or missing for the object's age alone.
     *            A column whose path is malformed has empty cells
     */
    public static Columns<?> of(JsonNode printerColumns) {
        Columns<Row> columns = Columns.named();
        if (printerColumns.isEmpty()) {
            return columns.add("Age", "date", "", "", row -> NODES.stringNode(row.age()));
        }
        for (JsonNode column : printerColumns) {
            String type = Row.string(column.path("type"));
            List<JsonPath> path = compile(Row.string(column.path("jsonPath")));
            Columns<Row> at = column.path("priority").longValue(0) > 0 ? columns.wide() : columns.narrow();
            at.add(Row.string(column.path("name")), type, Row.string(column.path("format")),
                    Row.string(column.path("description")), row -> cell(path, type, row));
        }
        return columns;
    }

    /** No or one path. */
    private static List<JsonPath> compile(String text) {
        try {
            return List.of(JsonPath.compile(text));
        } catch (IllegalArgumentException malformed) {
            return List.of();
        }
    }

    private static JsonNode cell(List<JsonPath> path, String type, Row row) {
        for (JsonPath one : path) {
            List<JsonNode> values = one.find(row.at());
            if (!values.isEmpty()) {
                return cell(values.getFirst(), type, row.now());
            }
        }
        return NODES.nullNode();
    }

    /** The value as the column's type wants it; null where it is of another type. */
    private static JsonNode cell(JsonNode value, String type, Instant now) {
        return switch (type) {
            case "string" -> value.isNull() ? value : NODES.stringNode(text(value));
            case "integer" -> value.isNumber() ? NODES.numberNode(value.numberValue().longValue()) : NODES.nullNode();
            case "number" -> value.isNumber() ? value : NODES.nullNode();
            case "boolean" -> value.isBoolean() ? value : NODES.nullNode();
            case "date" -> value.isString() ? NODES.stringNode(age(value.stringValue(), now)) : NODES.nullNode();
            default -> NODES.nullNode();
        };
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : new String(JsonWriter.write(value), StandardCharsets.UTF_8);
    }

    private static String age(String time, Instant now) {
        if (time.isEmpty()) {
            return Ages.UNKNOWN;
        }
        try {
            Timestamps.parse(time);
            return Ages.since(time, now);
        } catch (DateTimeException wrong) {
            return "<invalid>";
        }
    }
}
