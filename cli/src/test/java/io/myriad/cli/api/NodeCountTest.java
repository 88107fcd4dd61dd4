package io.myriad.cli.api;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.myriad.cli.api.NodeCount.NodeSummary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

final class NodeCountTest {

    @Test
    void readsNamesReadinessAndTheNextPage() throws Exception {
        List<NodeSummary> nodes = new ArrayList<>();
        String page = """
                {"kind":"NodeList","metadata":{"resourceVersion":"7","continue":"abc","remainingItemCount":2},"items":[
                 {"metadata":{"name":"node-0","finalizers":["a","b"],"labels":{"name":"x"}},"spec":{"unschedulable":true},
                  "status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True","message":"m"}],
                            "images":[{"names":["n"],"sizeBytes":1.5}]}},
                 {"metadata":{"name":"node-1"},"status":{"conditions":[{"status":"Unknown","type":"Ready"}]}},
                 {"metadata":{"name":"node-2"}}]}
                """;

        String token = NodeCount.page(new ByteArrayInputStream(page.getBytes(UTF_8)), nodes::add);

        assertThat(token).isEqualTo("abc");
        assertThat(nodes).containsExactly(new NodeSummary("node-0", true), new NodeSummary("node-1", false),
                new NodeSummary("node-2", false));
    }

    @Test
    void readsAnEmptyList() throws Exception {
        String token = NodeCount.page(new ByteArrayInputStream("{\"metadata\":{},\"items\":[]}".getBytes(UTF_8)),
                node -> {
                    throw new AssertionError(node);
                });

        assertThat(token).isEmpty();
    }
}
