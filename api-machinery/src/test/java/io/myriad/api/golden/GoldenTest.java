package io.myriad.api.golden;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Replays the recorded answers of the real API server, as far as they need no server. */
class GoldenTest {
    @Test
    void patchesAndAppliesAsTheRealServer() throws IOException {
        assertAgreement("patch.jsonl", 220, Set.of(
                // defaults come back for what was removed
                "apply-deployment-default-returned/1", "strategic-map-deleted/1", "strategic-replicas-null/1",
                // admission adds tolerations
                "apply-pod-set-lists/0",
                // the strategy of secrets moves stringData to data
                "apply-secret-string-data/1"));
    }

    @Test
    void tracksTheFieldsOfNewObjectsAsTheRealServer() throws IOException {
        assertAgreement("defaulting.jsonl", 55, Set.of());
    }

    private static void assertAgreement(String file, int steps, Set<String> known) throws IOException {
        List<GoldenReplay.Outcome> outcomes = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(GoldenTest.class.getResourceAsStream(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode golden = JsonMapper.shared().readTree(line);
                if (file.equals("patch.jsonl") || golden.path("managedFields").booleanValue(false)) {
                    outcomes.addAll(GoldenReplay.run(golden));
                }
            }
        }
        Set<String> differing = new TreeSet<>();
        StringBuilder report = new StringBuilder();
        for (GoldenReplay.Outcome outcome : outcomes) {
            if (!outcome.differences().isEmpty()) {
                differing.add(outcome.caseName() + "/" + outcome.step());
                report.append('\n').append(outcome);
            }
        }
        assertThat(differing).as("steps of %s that differ:%s", file, report).isEqualTo(known);
        assertThat(outcomes).hasSize(steps);
    }
}
