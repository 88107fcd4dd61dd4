package io.myriad.apiserver.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every recorded case against a running server over a running store. Cases that differ are listed in {@code
 * differences.txt}, one {@code FILE NAME REASON} a line: a difference that is not listed fails, and so does a listed one
 * that has gone.
 */
class GoldenReplayTest {
    private static GoldenServer server;

    @BeforeAll
    static void start() throws Exception {
        server = GoldenServer.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"defaulting", "validation", "patch", "semantics"})
    void answersLikeTheRealServer(String file) throws Exception {
        Map<String, String> listed = listed(file);
        Map<String, String> differing = new LinkedHashMap<>();
        int cases = 0;
        for (JsonNode definition : cases(file)) {
            boolean known = listed.containsKey(definition.path("name").stringValue(""));
            GoldenCase golden = new GoldenCase(definition, server.client(), !known);
            cases++;
            String difference = golden.run();
            if (difference != null) {
                differing.put(golden.name(), difference);
            }
        }
        System.out.printf("%s: %d of %d recorded cases agree%n", file, cases - differing.size(), cases);
        TreeSet<String> unexpected = new TreeSet<>();
        differing.forEach((name, difference) -> {
            if (!listed.containsKey(name)) {
                unexpected.add(name + " " + difference);
            }
        });
        TreeSet<String> gone = new TreeSet<>(listed.keySet());
        gone.removeAll(differing.keySet());
        assertThat(unexpected).as("new differences in " + file).isEmpty();
        assertThat(gone).as("cases of " + file + " that agree now: take them out of differences.txt").isEmpty();
    }

    static List<JsonNode> cases(String file) {
        List<JsonNode> cases = new ArrayList<>();
        for (String line : lines(file + ".jsonl")) {
            JsonNode definition = JsonMapper.shared().readTree(line);
            // Those need a server that has been up for ten minutes.
            if (!definition.path("aged").booleanValue(false)) {
                cases.add(definition);
            }
        }
        return cases;
    }

    private static Map<String, String> listed(String file) {
        Map<String, String> listed = new LinkedHashMap<>();
        for (String line : lines("differences.txt")) {
            String[] parts = line.split(" ", 3);
            if (parts.length == 3 && parts[0].equals(file)) {
                listed.put(parts[1], parts[2]);
            }
        }
        return listed;
    }

    private static List<String> lines(String resource) {
        try (InputStream in = GoldenReplayTest.class.getResourceAsStream("/golden/" + resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
