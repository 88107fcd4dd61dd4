package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.StatusException;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.testing.RandomObjects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Damaged bytes end in a typed error or in the same object for every reader, and never in anything else. */
class GarbageTest {
    private static final long SEED = Long.getLong("myriad.seed", System.nanoTime());
    private static final int ROUNDS = 20;

    private final Schema schema = Schema.builtin();
    private final Random random = new Random(SEED);

    @Test
    void damagedMessages() {
        int read = 0;
        int refused = 0;
        for (ObjectType type : schema.types()) {
            if (type.protoName() == null || type.form() != ObjectType.Form.OBJECT) {
                continue;
            }
            byte[] message = ProtobufWriter.write(
                    (ObjectNode) new RandomObjects(random, 0.5).of(type), type);
            for (int i = 0; i < ROUNDS; i++) {
                byte[] damaged = damage(message);
                String tree = viaTree(damaged, type);
                String stream = viaStream(damaged, type);
                if (tree.startsWith("raw bytes are no JSON")) {
                    continue; // Serving is more tolerant than reading: it repairs texts that are no UTF-8.
                }
                if (tree.startsWith("{") && stream.startsWith("{")) {
                    read++;
                    assertThat(untyped(stream).equals(GarbageTest::compare, untyped(tree)))
                            .as(type + " stream: " + stream + "\ntree: " + tree + " -Dmyriad.seed=" + SEED).isTrue();
                } else {
                    refused++;
                    assertThat(stream.startsWith("{") || tree.startsWith("{"))
                            .as(type + " stream: " + stream + "\ntree: " + tree + " -Dmyriad.seed=" + SEED).isFalse();
                }
            }
        }
        assertThat(read).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(1000);
    }

    /** Raw JSON is served as it was written; through a tree 26.0 becomes 26. */
    private static int compare(JsonNode a, JsonNode b) {
        boolean equal = a.isNumber() && b.isNumber() ? a.doubleValue() == b.doubleValue() : a.equals(b);
        return equal ? 0 : 1;
    }

    private static JsonNode untyped(String json) {
        return JsonReader.read(json.getBytes(StandardCharsets.UTF_8), null).object();
    }

    private static String viaTree(byte[] message, ObjectType type) {
        try {
            return new String(JsonWriter.write(ProtobufReader.read(message, 0, message.length, type)),
                    StandardCharsets.UTF_8);
        } catch (MalformedException refused) {
            return refused.getMessage();
        }
    }

    private static String viaStream(byte[] message, ObjectType type) {
        ByteArraySink out = new ByteArraySink();
        out.write('#');
        try {
            ProtobufToJson.transcode(message, 0, message.length, type, "", "", out);
        } catch (MalformedException refused) {
            assertThat(out.size()).as("bytes left behind").isEqualTo(1);
            return refused.getMessage();
        }
        return new String(out.array(), 1, out.size() - 1, StandardCharsets.UTF_8);
    }

    private byte[] damage(byte[] bytes) {
        if (bytes.length == 0) {
            byte[] noise = new byte[random.nextInt(10)];
            random.nextBytes(noise);
            return noise;
        }
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> Arrays.copyOfRange(bytes, random.nextInt(bytes.length), bytes.length);
            case 2 -> {
                byte[] doubled = Arrays.copyOf(bytes, 2 * bytes.length);
                System.arraycopy(bytes, 0, doubled, bytes.length, bytes.length);
                yield doubled;
            }
            default -> {
                byte[] flipped = bytes.clone();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    flipped[random.nextInt(flipped.length)] = (byte) random.nextInt(256);
                }
                yield flipped;
            }
        };
    }

    @Test
    void damagedStoredObjects() {
        List<byte[]> stored = new ArrayList<>();
        for (GroupVersionKind kind : schema.kinds()) {
            ObjectType type = schema.kind(kind);
            if (type.field("metadata") != null && type.protoName() != null) {
                var object = new RandomObjects(random, 0.3).of(kind, type);
                stored.add(Envelope.wrap(kind.apiVersion(), kind.kind(), ProtobufWriter.write(object, type)));
                stored.add(JsonWriter.write(object));
            }
        }
        FieldPath node = FieldPath.of(schema.type("io.k8s.api.core.v1.Pod"), "spec", "nodeName");
        for (byte[] bytes : stored) {
            for (int i = 0; i < ROUNDS; i++) {
                try {
                    walk(ObjectBytes.of(damage(bytes)), node);
                } catch (MalformedException expected) {
                    // what bad bytes are for
                }
            }
        }
    }

    private static void walk(ObjectBytes object, FieldPath path) {
        object.apiVersion();
        object.kind();
        object.name();
        object.generation();
        object.creationSeconds();
        object.isBeingDeleted();
        object.labels((key, value) -> {});
        object.annotations((key, value) -> {});
        object.finalizers(finalizer -> {});
        object.ownerReferences(owner -> {});
        object.text(path);
        object.withResourceVersion(7);
    }

    @Test
    void damagedTexts() {
        ObjectType pod = schema.type("io.k8s.api.core.v1.Pod");
        byte[] json = JsonWriter.write(new RandomObjects(random, 0.5)
                .of(new GroupVersionKind("", "v1", "Pod"), pod));
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = damage(json);
            for (Runnable reading : List.<Runnable>of(() -> JsonReader.read(damaged, pod),
                    () -> JsonReader.read(damaged, null), () -> YamlReader.readAll(damaged))) {
                try {
                    reading.run();
                } catch (StatusException expected) {
                    assertThat(expected.status().code()).isEqualTo(400);
                }
            }
        }
    }

    @Test
    void deepNestingIsRefused() {
        int depth = 100_000;
        byte[] arrays = ("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}").getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> JsonReader.read(arrays, null)).isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> YamlReader.read(arrays)).isInstanceOf(StatusException.class);

        ObjectType schemaProps = schema
                .type("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps");
        int not = schemaProps.field("not").wire().number();
        ReverseBuffer message = new ReverseBuffer(16);
        for (int i = 0; i < 10_000; i++) {
            message.lengthAndTag(0, not);
        }
        byte[] nested = message.toByteArray();
        assertThatThrownBy(() -> ProtobufReader.read(nested, 0, nested.length, schemaProps))
                .isInstanceOf(MalformedException.class).hasMessageContaining("max depth");
        assertThat(viaStream(nested, schemaProps)).contains("max depth");
    }

    @Test
    void manyEmptyObjectsAreRefused() {
        ObjectType list = schema.type("io.k8s.api.core.v1.PodList");
        byte[] items = new byte[3 << 20];
        for (int i = 0; i < items.length; i += 2) {
            items[i] = 2 << 3 | WireReader.LENGTH_DELIMITED;
        }
        assertThatThrownBy(() -> ProtobufReader.read(items, 0, items.length, list))
                .isInstanceOf(MalformedException.class).hasMessageContaining("too many objects");
    }

    @Test
    void aliasesDoNotExplode() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            yaml.append("a").append(i).append(": &a").append(i).append(" [")
                    .append(String.join(", ", Collections.nCopies(10, "*a" + (i - 1)))).append("]\n");
        }
        assertThatThrownBy(() -> YamlReader.read(yaml.toString().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(StatusException.class).hasMessageContaining("excessive aliasing");
    }
}
