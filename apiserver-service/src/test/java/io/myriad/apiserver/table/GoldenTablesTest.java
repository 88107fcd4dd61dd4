package io.myriad.apiserver.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares columns and cells with those that the real API server gave for the same objects. */
class GoldenTablesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T22:00:00Z");
    private static final String CREATED = "2026-11-23T21:59:00Z";
    private static final Pattern AGE = Pattern.compile("\\d+[smhdy](\\d+[smhd])?");
    private final TableColumns columns = new TableColumns();

    @Test
    void columnsAreUpstreams() throws IOException {
        Set<String> differing = new TreeSet<>();
        int checked = 0;
        for (JsonNode golden : lines("tables.jsonl", "columns")) {
            checked++;
            ArrayNode actual = JsonMapper.shared().createArrayNode();
            for (ColumnDefinition definition : columns.columnsFor(resource(golden.path("path").asString()).kind())
                    .definitions()) {
                actual.addObject().put("format", definition.format()).put("name", definition.name())
                        .put("priority", definition.priority()).put("type", definition.type());
            }
            if (!actual.equals(golden.get("columnDefinitions"))) {
                differing.add(golden.path("resource").asString());
            }
        }
        // Upstream gives addresses a third cell, their age, without a column for it.
        assertThat(differing).containsExactly("ipaddresses");
        assertThat(checked).isEqualTo(64);
    }

    @Test
    void cellsAreUpstreams() throws IOException {
        Map<String, ObjectNode> objects = new HashMap<>();
        lines("objects.jsonl", "").forEach(
                line -> objects.put(line.path("name").asString(), withUid(line.path("object"))));
        List<String> differing = new ArrayList<>();
        int checked = 0;
        for (JsonNode golden : lines("tables.jsonl", "cells")) {
            checked++;
            String name = golden.path("name").asString();
            String path = golden.path("path").asString();
            Resource resource = resource(path.substring(0, path.lastIndexOf('/')));
            ObjectNode object = objects.containsKey(name) ? objects.get(name) : SentObjects.complete(golden, resource);
            ((ObjectNode) object.get("metadata")).put("creationTimestamp", CREATED).put("name",
                    path.substring(path.lastIndexOf('/') + 1));
            SentObjects.setAddresses(object, golden.path("cells"));
            List<JsonNode> cells = columns.columnsFor(resource.kind()).cells(object, NOW);
            if (!agree(cells, golden.path("cells"))) {
                differing.add(name + ": " + cells + " instead of " + golden.path("cells"));
            }
        }
        assertThat(differing).isEmpty();
        assertThat(checked).isEqualTo(216);
    }

    @Test
    void cellsDoNotDependOnWhatOfTheObjectIsIncluded() throws IOException {
        int checked = 0;
        for (JsonNode golden : lines("tables.jsonl", "include")) {
            if (golden.path("includeObject").asString().equals("Object")) {
                ObjectNode object = (ObjectNode) golden.path("row").path("object");
                ((ObjectNode) object.get("metadata")).put("creationTimestamp", CREATED);
                SentObjects.setAddresses(object, golden.path("row").path("cells"));
                Columns<?> of = columns.columnsFor(GroupVersionKind.of(object.path("apiVersion").asString(),
                        object.path("kind").asString()));
                assertThat(agree(of.cells(object, NOW), golden.path("row").path("cells")))
                        .as(golden.path("name").asString()).isTrue();
                checked++;
            }
        }
        assertThat(checked).isEqualTo(5);
    }

    @Test
    void customResourcesHaveTheColumnsOfTheirDefinition() throws IOException {
        JsonNode printerColumns = JsonMapper.shared().createArrayNode();
        for (JsonNode golden : lines("tables.jsonl", "custom")) {
            if (golden.has("crd")) {
                printerColumns = golden.get("crd");
            }
            boolean none = golden.path("name").asString().equals("no-columns");
            Columns<?> of = CustomColumns.of(none ? JsonMapper.shared().createArrayNode() : printerColumns);
            ArrayNode actual = JsonMapper.shared().createArrayNode();
            for (ColumnDefinition definition : of.definitions()) {
                actual.addObject().put("format", definition.format()).put("name", definition.name())
                        .put("priority", definition.priority()).put("type", definition.type());
            }
            assertThat(actual).isEqualTo(golden.path("body").path("columnDefinitions"));
            for (JsonNode row : golden.path("body").path("rows")) {
                ObjectNode object = JsonMapper.shared().createObjectNode();
                object.putObject("metadata").put("name", row.path("cells").get(0).asString()).put("creationTimestamp",
                        CREATED);
                object.set("spec", golden.path("sent"));
                List<JsonNode> cells = of.cells(object, NOW);
                assertThat(agree(cells, row.path("cells"))).as("%s %s", golden.path("name"), cells).isTrue();
            }
        }
    }

    private static ObjectNode withUid(JsonNode object) {
        return (ObjectNode) JsonMapper.shared().readTree(object.toString().replace("<uid>", "u")
                .replace("<time>", CREATED));
    }

    /** Ages, and times told as they are, were normalised in the recording. */
    private static boolean agree(List<JsonNode> actual, JsonNode expected) {
        if (actual.size() != expected.size()) {
            return false;
        }
        for (int i = 0; i < actual.size(); i++) {
            // A uid as a label value must look like one.
            String wanted = expected.get(i).asString("").replace("<uid>", "u");
            String given = actual.get(i).asString("");
            boolean same = switch (wanted) {
                case "<age>" -> AGE.matcher(given).matches();
                case "<time>" -> given.equals(CREATED);
                default -> wanted.contains("(<age> ago)")
                        ? given.replaceAll("\\(" + AGE + " ago\\)", "(<age> ago)").equals(wanted)
                        : expected.get(i).isString() && actual.get(i).isString() && given.equals(wanted)
                                || actual.get(i).equals(expected.get(i))
                                || actual.get(i).isNumber() && expected.get(i).isNumber()
                                        && actual.get(i).doubleValue() == expected.get(i).doubleValue();
            };
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** The resource that a path names; cluster-scoped paths end with the resource twice in some records. */
    private static Resource resource(String path) {
        String[] parts = path.substring(1).split("/");
        boolean core = parts[0].equals("api");
        Resource resource = Schema.builtin().resource(new GroupVersionResource(core ? "" : parts[1],
                core ? parts[1] : parts[2], parts[parts.length - 1]));
        assertThat(resource).as(path).isNotNull();
        return resource;
    }

    private static List<JsonNode> lines(String file, String what) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                GoldenTablesTest.class.getResourceAsStream(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode record = JsonMapper.shared().readTree(line);
                if (what.isEmpty() || record.path("what").asString().equals(what)) {
                    found.add(record);
                }
            }
        }
        return found;
    }
}
