package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.testing.RandomObjects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ObjectBytesTest {
    private static final long SEED = Long.getLong("myriad.seed", System.nanoTime());
    private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");
    private static final String JSON = """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "web-0", "namespace": "shop", "uid": "u-1", "resourceVersion": "41", "generation": 3,
              "creationTimestamp": "2026-11-23T22:19:00Z", "deletionTimestamp": "2026-11-23T22:20:00Z",
              "labels": {"app": "web", "tier\\u002ffront": "\\"a\\""}, "annotations": {"note": "{[\\"\\\\"},
              "finalizers": ["one", "two"],
              "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u-2", "controller": true}]},
             "spec": {"containers": [{"name": "c"}], "nodeName": "node-7"}}""";

    private final Schema schema = Schema.builtin();
    private final ObjectType pod = schema.kind(POD);

    private List<ObjectBytes> both() {
        byte[] json = JSON.getBytes(StandardCharsets.UTF_8);
        byte[] message = ProtobufWriter.write(JsonReader.read(json, pod).object(), pod);
        return List.of(ObjectBytes.of(json), ObjectBytes.of(Envelope.wrap("v1", "Pod", message)));
    }

    @Test
    void readsTheSameFromJsonAndProtobuf() {
        for (ObjectBytes object : both()) {
            assertThat(object.apiVersion()).isEqualTo("v1");
            assertThat(object.kind()).isEqualTo("Pod");
            assertThat(object.name()).isEqualTo("web-0");
            assertThat(object.generateName()).isEmpty();
            assertThat(object.namespace()).isEqualTo("shop");
            assertThat(object.uid()).isEqualTo("u-1");
            assertThat(object.resourceVersion()).isEqualTo("41");
            assertThat(object.generation()).isEqualTo(3);
            assertThat(object.creationSeconds()).isEqualTo(1_795_472_340L);
            assertThat(object.deletionSeconds()).isEqualTo(1_795_472_400L);
            assertThat(object.isBeingDeleted()).isTrue();
            Map<String, String> labels = new LinkedHashMap<>();
            object.labels(labels::put);
            assertThat(labels).isEqualTo(Map.of("app", "web", "tier/front", "\"a\""));
            Map<String, String> annotations = new LinkedHashMap<>();
            object.annotations(annotations::put);
            assertThat(annotations).isEqualTo(Map.of("note", "{[\"\\"));
            List<String> finalizers = new ArrayList<>();
            object.finalizers(finalizers::add);
            assertThat(finalizers).containsExactly("one", "two");
            List<ObjectBytes.OwnerReference> owners = new ArrayList<>();
            object.ownerReferences(owners::add);
            assertThat(owners).containsExactly(
                    new ObjectBytes.OwnerReference("apps/v1", "ReplicaSet", "web", "u-2", true, false));
            assertThat(object.text(FieldPath.of(pod, "spec", "nodeName"))).isEqualTo("node-7");
            assertThat(object.text(FieldPath.of(pod, "spec", "schedulerName"))).isNullOrEmpty();
        }
    }

    @Test
    void pathsGoThroughEmbeddedMessages() {
        ObjectType selector = schema.type("io.k8s.api.core.v1.ConfigMapKeySelector");
        assertThat(FieldPath.of(selector, "name").numbers()).containsExactly(1, 1);
        assertThatThrownBy(() -> FieldPath.of(pod, "spec", "nodename")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSplicedResourceVersionIsWhatTheEncoderWrites() {
        Random random = new Random(SEED);
        long[] versions = {0, 1, 9, 10, 12_345_678, Long.MAX_VALUE};
        for (GroupVersionKind kind : schema.kinds()) {
            ObjectType type = schema.kind(kind);
            if (type.protoName() == null || type.field("metadata") == null
                    || !type.field("metadata").shape().toString().contains("ObjectMeta")) {
                continue;
            }
            for (int i = 0; i < 12; i++) {
                ObjectNode object = new RandomObjects(random, i % 3 * 0.4).of(kind, type);
                if (!(object.get("metadata") instanceof ObjectNode)) {
                    object.putObject("metadata");
                }
                ObjectNode metadata = (ObjectNode) object.get("metadata");
                byte[] protobuf = Envelope.wrap(kind.apiVersion(), kind.kind(), ProtobufWriter.write(object, type));
                byte[] json = JsonWriter.write(object);
                long version = versions[random.nextInt(versions.length)];
                metadata.put("resourceVersion", version == 0 ? "" : Long.toString(version));
                assertThat(ObjectBytes.of(protobuf).withResourceVersion(version)).as(kind + " -Dmyriad.seed=" + SEED)
                        .isEqualTo(Envelope.wrap(kind.apiVersion(), kind.kind(), ProtobufWriter.write(object, type)));
                byte[] splicedJson = ObjectBytes.of(json).withResourceVersion(version);
                assertThat((Object) JsonReader.read(splicedJson, null).object()).as(kind + " -Dmyriad.seed=" + SEED)
                        .isEqualTo(JsonReader.read(JsonWriter.write(object), null).object());
            }
        }
    }

    @Test
    void aResourceVersionIsSplicedIntoMetadataOfOtherEncoders() {
        // metadata {labels, resourceVersion: "5", name} out of order, lengths in two bytes where one would do
        byte[] message = {10, (byte) 0x86, 0, 50, 1, '5', 10, 1, 'n'};
        byte[] stored = Envelope.wrap("v1", "Pod", message);
        ObjectBytes spliced = ObjectBytes.of(ObjectBytes.of(stored).withResourceVersion(777));
        assertThat(spliced.resourceVersion()).isEqualTo("777");
        assertThat(spliced.name()).isEqualTo("n");
    }

    @Test
    void withoutMetadataThereIsNowhereToSplice() {
        assertThatThrownBy(() -> ObjectBytes.of(Envelope.wrap("v1", "Pod", new byte[0])).withResourceVersion(1))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ObjectBytes.of("{}".getBytes(StandardCharsets.UTF_8)).withResourceVersion(1))
                .isInstanceOf(MalformedException.class);
    }
}
