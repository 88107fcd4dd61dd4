package io.myriad.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IndexerTest {
    private static final String NODE = """
            {"metadata":{"name":"n","uid":"u","labels":{"a":"1","long.example/key":"","z":"9"},"generation":7,\
            "annotations":{"k":"v"}},"spec":{"podCIDR":"10.0.0.0/24","unschedulable":true},"status":{"phase":"x"}}""";
    private static final Map<String, List<String>> FIELDS = Map.of("spec.unschedulable",
            List.of("spec", "unschedulable"), "spec.podCIDR", List.of("spec", "podCIDR"), "status.phase",
            List.of("status", "phase"), "metadata.generation", List.of("metadata", "generation"), "spec.taints",
            List.of("spec", "taints"), "kubelet",
            List.of("status", "daemonEndpoints", "kubeletEndpoint", "Port"));

    private final ObjectType type = Schema.builtin().resource(new GroupVersionResource("", "v1", "nodes")).type();
    private final Indexer protobuf = new ProtobufIndexer(type, FIELDS);
    private final Indexer json = new JsonIndexer(type, FIELDS);

    private CachedObject stored(Indexer indexer, String text, long version) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (indexer == protobuf) {
            bytes = ProtobufWriter.write(JsonReader.read(bytes, type).object(), type);
        }
        return new CachedObject("", "n", indexer.withResourceVersion(bytes, version), version);
    }

    @Test
    void readsFieldsAndLabels() {
        for (Indexer indexer : List.of(protobuf, json)) {
            CachedObject node = stored(indexer, NODE, 5);
            assertThat(indexer.field(node, "metadata.name")).isEqualTo("n");
            assertThat(indexer.field(node, "metadata.namespace")).isEmpty();
            assertThat(indexer.field(node, "spec.podCIDR")).isEqualTo("10.0.0.0/24");
            assertThat(indexer.field(node, "spec.unschedulable")).isEqualTo("true");
            assertThat(indexer.field(node, "status.phase")).isEqualTo("x");
            assertThat(indexer.field(node, "metadata.generation")).isEqualTo("7");
            assertThat(indexer.field(node, "spec.taints")).isEmpty();
            assertThat(indexer.field(node, "none")).isEmpty();
            Map<String, String> labels = new TreeMap<>();
            indexer.labels(node, labels::put);
            assertThat(labels).isEqualTo(Map.of("a", "1", "long.example/key", "", "z", "9"));
            assertThat(indexer.label(node, "a")).isEqualTo("1");
            assertThat(indexer.label(node, "long.example/key")).isEmpty();
            assertThat(indexer.label(node, "b")).isNull();
            assertThat(indexer.selectableFields()).contains("metadata.name", "metadata.namespace", "spec.podCIDR");
        }
    }

    @Test
    void absentFieldsAreEmptyOrZero() {
        CachedObject node = stored(protobuf, "{\"metadata\":{\"name\":\"n\"}}", 5);
        assertThat(protobuf.field(node, "spec.unschedulable")).isEqualTo("false");
        assertThat(protobuf.field(node, "spec.podCIDR")).isEmpty();
        assertThat(protobuf.field(node, "kubelet")).isEqualTo("0");
        assertThat(json.field(stored(json, "{\"metadata\":{}}", 5), "spec.podCIDR")).isEmpty();
        assertThat(json.field(stored(json, "{\"metadata\":{},\"spec\":{\"podCIDR\":null}}", 5), "spec.podCIDR"))
                .isEmpty();
    }

    @Test
    void putsTheVersionIn() {
        for (String text : List.of(NODE, "{\"metadata\":{\"name\":\"n\"}}", "{\"metadata\":{\"labels\":{\"a\":\"%s\"}}}"
                .formatted("x".repeat(120)))) {
            for (long version : new long[]{1, 99, 1_000_000, Long.MAX_VALUE}) {
                CachedObject first = stored(protobuf, text, version);
                assertThat(version(first)).isEqualTo(Long.toString(version));
                byte[] again = protobuf.withResourceVersion(first.bytes(), 12);
                assertThat(version(new CachedObject("", "n", again, 12))).isEqualTo("12");
                assertThat(again).isEqualTo(stored(protobuf, text, 12).bytes());
                CachedObject asJson = stored(json, text, version);
                assertThat(JsonReader.read(asJson.bytes(), type).object().path("metadata").path("resourceVersion")
                        .stringValue("")).isEqualTo(Long.toString(version));
            }
        }
    }

    @Test
    void putsTheVersionIntoPartsAndMessagesWithoutMetadata() {
        byte[] message = stored(protobuf, NODE, 5).bytes();
        byte[] padded = new byte[message.length + 7];
        System.arraycopy(message, 0, padded, 3, message.length);
        assertThat(protobuf.withResourceVersion(padded, 3, message.length, 77))
                .isEqualTo(protobuf.withResourceVersion(message, 77));
        byte[] empty = protobuf.withResourceVersion(new byte[0], 77);
        assertThat(version(new CachedObject("", "n", empty, 77))).isEqualTo("77");
    }

    private String version(CachedObject object) {
        return ProtobufReader.read(object.bytes(), 0, object.bytes().length, type).path("metadata")
                .path("resourceVersion").stringValue("");
    }

    @Test
    void pathsMustExist() {
        assertThatThrownBy(() -> new ProtobufIndexer(type, Map.of("x", List.of("spec", "none"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JsonIndexer(type, Map.of("x", List.of("spec", "none"))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
