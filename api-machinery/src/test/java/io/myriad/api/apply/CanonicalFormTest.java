package io.myriad.api.apply;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.JsonReader;
import io.myriad.api.codec.ProtobufReader;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Resource;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;

/** The canonical form is what a round trip through protobuf gives. */
class CanonicalFormTest {
    @Test
    void anEmptyObjectIsWhatAnEmptyMessageIs() {
        for (Resource resource : Schema.builtin().resources()) {
            ObjectType type = resource.type();
            if (type.protoName() != null) {
                assertThat(CanonicalForm.empty(type)).as(type.name())
                        .isEqualTo(ProtobufReader.read(new byte[0], 0, 0, type));
            }
        }
    }

    @Test
    void objectsAreAsProtobufWouldGiveThemBack() throws IOException {
        int objects = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                CanonicalFormTest.class.getResourceAsStream("/io/myriad/api/golden/defaulting.jsonl"),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (JsonNode step : JsonMapper.shared().readTree(line).path("steps")) {
                    if (step.path("body") instanceof ObjectNode sent && sent.has("kind") && check(sent)) {
                        objects++;
                    }
                }
            }
        }
        assertThat(objects).isGreaterThan(80);
    }

    private static boolean check(ObjectNode sent) {
        ObjectType type = Schema.builtin().kind(GroupVersionKind.of(sent.path("apiVersion").asString(""),
                sent.path("kind").asString("")));
        if (type == null || type.protoName() == null) {
            return false;
        }
        ObjectNode object = JsonReader.read(sent.toString().getBytes(StandardCharsets.UTF_8), type).object();
        byte[] message = ProtobufWriter.write(object, type);
        ObjectNode back = ProtobufReader.read(message, 0, message.length, type);
        ObjectNode canonical = CanonicalForm.of(object, type).deepCopy();
        canonical.remove("apiVersion");
        canonical.remove("kind");
        emptyToNull(canonical);
        assertThat(canonical).isEqualTo(back);
        assertThat(CanonicalForm.of(back, type)).isSameAs(back);
        return true;
    }

    /** Protobuf cannot tell an empty list from none. */
    private static void emptyToNull(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (String name : List.copyOf(object.propertyNames())) {
                if (object.get(name).isArray() && object.get(name).isEmpty()) {
                    object.putNull(name);
                }
            }
        }
        node.forEach(CanonicalFormTest::emptyToNull);
    }
}
