package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What single bytes mean; the random tests cover the breadth. */
class ProtobufTest {
    private final Schema schema = Schema.builtin();

    private byte[] bytes(String type, String json) {
        return ProtobufWriter.write(JsonReader.read(json.getBytes(StandardCharsets.UTF_8), schema.type(type)).object(),
                schema.type(type));
    }

    private String json(String type, String hex) {
        byte[] message = HexFormat.of().parseHex(hex.replace(" ", ""));
        ObjectType objectType = schema.type(type);
        String tree = new String(JsonWriter.write(ProtobufReader.read(message, 0, message.length, objectType)),
                StandardCharsets.UTF_8);
        ByteArraySink streamed = new ByteArraySink();
        ProtobufToJson.transcode(message, 0, message.length, objectType, "", "", streamed);
        assertThat(new String(streamed.toByteArray(), StandardCharsets.UTF_8)).isEqualTo(tree);
        return tree;
    }

    @Test
    void plainValuesAreWrittenEvenWhenZero() {
        assertThat(bytes("io.k8s.api.core.v1.ContainerPort", "{}")).asHexString()
                .isEqualTo("0A00100018002200" + "2A00");
    }

    @Test
    void mapsAreSortedByBytes() {
        assertThat(bytes("io.k8s.api.core.v1.NodeSelectorTerm", "{}")).isEmpty();
        String hex = HexFormat.of().formatHex(bytes("io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector",
                "{\"matchLabels\":{\"b\":\"1\",\"\ud83d\ude80\":\"3\",\"\uffee\":\"2\",\"a\":\"0\"}}"));
        assertThat(hex).isEqualTo("0a060a0161120130" + "0a060a0162120131" + "0a080a03efbfae120132"
                + "0a090a04f09f9a80120133");
    }

    @Test
    void whatGoLeavesOutIsLeftOut() {
        assertThat(json("io.k8s.api.core.v1.ContainerPort", "0A00 1000 1850 2200 2A00"))
                .isEqualTo("{\"containerPort\":80}");
        assertThat(json("io.k8s.api.core.v1.ContainerPort", "")).isEqualTo("{\"containerPort\":0}");
        assertThat(json("io.k8s.api.core.v1.Endpoints", "")).isEqualTo("{\"metadata\":{}}");
        assertThat(json("io.k8s.api.rbac.v1.ClusterRole", "")).isEqualTo("{\"metadata\":{},\"rules\":null}");
        assertThat(json("io.k8s.api.core.v1.PodCondition", "")).isEqualTo(
                "{\"type\":\"\",\"status\":\"\",\"lastProbeTime\":null,\"lastTransitionTime\":null}");
    }

    @Test
    void aTimeIsNothingWhenEmptyOrZero() {
        String type = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
        assertThat(json(type, "4200")).isEqualTo("{}");
        assertThat(json(type, "42020800")).isEqualTo("{\"creationTimestamp\":\"1970-01-01T00:00:00Z\"}");
        assertThat(json(type, "4A00")).isEqualTo("{\"deletionTimestamp\":null}");
        assertThat(bytes(type, "{\"creationTimestamp\":\"0001-01-01T00:00:00Z\"}"))
                .isEqualTo(bytes(type, "{\"creationTimestamp\":null}"));
    }

    @Test
    void unknownFieldsAndGroupsAreSkipped() {
        assertThat(json("io.k8s.api.core.v1.ContainerPort", "1850 F8FF0301 F23F0161 F13F0000000000000000 F53F00000000"))
                .isEqualTo("{\"containerPort\":80}");
        assertThat(json("io.k8s.api.core.v1.ContainerPort", "F33F 0805 0B 0C F43F 1850"))
                .isEqualTo("{\"containerPort\":80}");
    }

    @Test
    void fieldsInAnyOrderAndInPartsAreOne() {
        String pod = "io.k8s.api.core.v1.Pod";
        // metadata {name: a}, spec {nodeName: n}, metadata {namespace: b}
        assertThat(ProtobufReader
                .read(HexFormat.of().parseHex("0A030A0161" + "1203520" + "16E" + "0A031A0162"), 0, 15, schema.type(pod))
                .get("metadata").toString()).isEqualTo("{\"name\":\"a\",\"namespace\":\"b\"}");
        assertThat(json(pod, "0A030A0161 1203 52016E 0A031A0162"))
                .startsWith("{\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"},\"spec\":{");
        assertThat(json("io.k8s.api.core.v1.ContainerPort", "1851 0A0161 1850"))
                .isEqualTo("{\"name\":\"a\",\"containerPort\":80}");
    }

    @Test
    void rawJsonIsCompactedAndKeptOtherwise() {
        String type = "io.k8s.api.apps.v1.ControllerRevision";
        byte[] raw = "{ \"a\" : [1.50, \"<\\u0041>\", null] }".getBytes(StandardCharsets.UTF_8);
        ReverseBuffer message = new ReverseBuffer(64);
        message.raw(raw);
        message.lengthAndTag(0, 1);
        message.lengthAndTag(0, 2);
        ByteArraySink out = new ByteArraySink();
        byte[] bytes = message.toByteArray();
        ProtobufToJson.transcode(bytes, 0, bytes.length, schema.type(type), "apps/v1", "ControllerRevision", out);
        assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8)).isEqualTo(
                "{\"kind\":\"ControllerRevision\",\"apiVersion\":\"apps/v1\",\"metadata\":{},"
                        + "\"data\":{\"a\":[1.50,\"\\u003c\\u0041\\u003e\",null]},\"revision\":0}");
    }

    @Test
    void nonsenseIsRefused() {
        String port = "io.k8s.api.core.v1.ContainerPort";
        for (String hex : new String[]{"0A", "0A05", "0A0561", "18", "18FFFFFFFFFFFFFFFFFFFF01", "0F", "00", "0801",
                "0C",
                "0AFFFFFFFFFFFFFFFFFF01", "F33F", "0D00", "0900"}) {
            assertThatThrownBy(() -> json(port, hex)).as(hex).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void anEnvelopeIsWrappedAndParsed() {
        byte[] wrapped = Envelope.wrap("apps/v1", "Deployment", new byte[]{1, 2, 3});
        assertThat(wrapped).asHexString().isEqualTo("6B387300" + "0A15" + "0A07" + "617070732F7631" + "120A"
                + "4465706C6F796D656E74" + "1203010203" + "1A00" + "2200");
        Envelope envelope = Envelope.parse(wrapped);
        assertThat(envelope.apiVersion()).isEqualTo("apps/v1");
        assertThat(envelope.kind()).isEqualTo("Deployment");
        assertThat(envelope.length()).isEqualTo(3);
        assertThat(wrapped[envelope.offset()]).isEqualTo((byte) 1);
        assertThat(Envelope.isEnvelope(wrapped)).isTrue();
        assertThat(Envelope.isEnvelope("{}".getBytes(StandardCharsets.UTF_8))).isFalse();
    }

    @Test
    void aSinkThatIsNoArrayTakesTheWholeObject() {
        ByteArraySink collected = new ByteArraySink();
        ByteSink plain = new ByteSink() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                collected.write(bytes, offset, length);
            }

            @Override
            public void write(int b) {
                collected.write(b);
            }
        };
        ObjectType type = schema.type("io.k8s.api.core.v1.ConfigMap");
        ObjectNode object = JsonReader
                .read("{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}".getBytes(StandardCharsets.UTF_8), type)
                .object();
        byte[] message = ProtobufWriter.write(object, type);
        ProtobufToJson.transcode(message, 0, message.length, type, "v1", "ConfigMap", plain);
        assertThat(new String(collected.toByteArray(), StandardCharsets.UTF_8)).isEqualTo(
                "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}");
    }
}
