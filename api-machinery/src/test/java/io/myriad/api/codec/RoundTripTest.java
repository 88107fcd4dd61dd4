package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;
import io.myriad.api.testing.RandomObjects;

import static org.assertj.core.api.Assertions.assertThat;

/** Random objects of every kind and every type with a message go through every form and come back. */
class RoundTripTest {
    private static final long SEED = Long.getLong("myriad.seed", System.nanoTime());
    private static final double[] FILLS = {0, 0.3, 0.9};

    private final Schema schema = Schema.builtin();

    @Test
    void everyKind() {
        int kinds = 0;
        for (GroupVersionKind kind : schema.kinds()) {
            ObjectType type = schema.kind(kind);
            if (type.protoName() == null) {
                continue;
            }
            kinds++;
            for (double fill : FILLS) {
                ObjectNode object = new RandomObjects(random(kind, fill), fill).of(kind, type);
                check(object, kind, type, fill);
            }
        }
        assertThat(kinds).isGreaterThan(150);
    }

    @Test
    void everyTypeWithAMessage() {
        GroupVersionKind none = new GroupVersionKind("", "", "");
        int types = 0;
        for (ObjectType type : schema.types()) {
            if (type.protoName() == null || type.form() != ObjectType.Form.OBJECT) {
                continue;
            }
            types++;
            for (double fill : FILLS) {
                ObjectNode object = (ObjectNode) new RandomObjects(random(type, fill), fill).of(type);
                check(object, none, type, fill);
            }
        }
        assertThat(types).isGreaterThan(900);
    }

    private static Random random(Object of, double fill) {
        return new Random(SEED ^ of.toString().hashCode() ^ Double.hashCode(fill));
    }

    private static void check(ObjectNode object, GroupVersionKind kind, ObjectType type, double fill) {
        String what = type + " " + kind + " fill " + fill + " -Dmyriad.seed=" + SEED;
        JsonReader.Parsed read = JsonReader.read(JsonWriter.write(object), type);
        assertThat(read.problems()).as(what).isEmpty();
        assertThat((Object) read.object()).as(what).isEqualTo(object);
        assertThat(JsonReader.read(object, type)).as(what).isEqualTo(read);

        byte[] message = ProtobufWriter.write(object, type);
        ObjectNode decoded = ProtobufReader.read(message, 0, message.length, type);
        assertThat(ProtobufWriter.write(decoded, type)).as(what).isEqualTo(message);
        List<String> lost = new ArrayList<>();
        compare("", withoutKind(object, type), decoded, lost);
        assertThat(lost).as(what).isEmpty();

        byte[] json = JsonWriter.write(decoded);
        assertThat(JsonWriter.write(JsonReader.read(json, null).object())).as(what).isEqualTo(json);
        ByteArraySink streamed = new ByteArraySink();
        ProtobufToJson.transcode(message, 0, message.length, type, "", "", streamed);
        assertThat(new String(streamed.toByteArray(), StandardCharsets.UTF_8)).as(what)
                .isEqualTo(new String(json, StandardCharsets.UTF_8));
        assertThat(ProtobufWriter.write(JsonReader.read(json, type).object(), type)).as(what).isEqualTo(message);
    }

    private static ObjectNode withoutKind(ObjectNode object, ObjectType type) {
        ObjectNode copy = object.deepCopy();
        if (type.typeMeta()) {
            copy.remove(List.of("apiVersion", "kind"));
        }
        return copy;
    }

    /** Collects values that one side has and the other lacks, except for those that mean "not set". */
    private static void compare(String path, JsonNode before, JsonNode after, List<String> lost) {
        if (before.isObject() && after.isObject()) {
            before.forEachEntry((name, value) -> {
                JsonNode other = after.get(name);
                if (other != null) {
                    compare(path + "." + name, value, other, lost);
                } else if (!isUnset(value)) {
                    lost.add(path + "." + name + " lost " + value);
                }
            });
            after.forEachEntry((name, value) -> {
                if (!before.has(name) && !isUnset(value)) {
                    lost.add(path + "." + name + " added " + value);
                }
            });
        } else if (before.isArray() && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                compare(path + "[" + i + "]", before.get(i), after.get(i), lost);
            }
        } else if (!before.equals(after) && !(isUnset(before) && isUnset(after))) {
            lost.add(path + " changed from " + before + " to " + after);
        }
    }

    private static boolean isUnset(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> true;
            case STRING -> value.stringValue().isEmpty() || value.stringValue().equals("0")
                    || value.stringValue().equals("0s");
            case NUMBER -> value.doubleValue() == 0;
            case BOOLEAN -> !value.booleanValue();
            case ARRAY -> value.isEmpty();
            case OBJECT -> value.valueStream().allMatch(RoundTripTest::isUnset);
            case MISSING, BINARY, POJO -> false;
        };
    }
}
