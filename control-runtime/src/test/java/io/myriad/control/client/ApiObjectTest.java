package io.myriad.control.client;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.codec.Envelope;
import io.myriad.api.codec.ProtobufWriter;
import io.myriad.api.schema.ObjectType;
import io.myriad.api.schema.Schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

final class ApiObjectTest {
    private static final ObjectType CONFIG_MAP = requireNonNull(
            Schema.builtin().kind(new GroupVersionKind("", "v1", "ConfigMap")));
    private static final byte[] JSON = """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}],
            "managedFields":[{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:k":{}}}}]},
            "data":{"k":"v"}}"""
            .getBytes(UTF_8);

    private static ApiObject protobuf() {
        return ApiObject.of(Envelope.wrap("v1", "ConfigMap", ProtobufWriter.write(Json.read(JSON), CONFIG_MAP)));
    }

    @Test
    void contentIsAllButTheManagedFieldsInBothForms() {
        ObjectNode whole = protobuf().tree().deepCopy();
        assertThat(whole.path("metadata").path("managedFields").path(0).path("fieldsV1").has("f:data")).isTrue();
        whole.withObject("metadata").remove("managedFields");

        assertThat(protobuf().content()).isEqualTo(whole);
        ObjectNode fromJson = Json.read(JSON);
        fromJson.withObject("metadata").remove("managedFields");
        assertThat(ApiObject.of(JSON).content()).isEqualTo(fromJson);
    }

    @Test
    void contentIsTheCallersOwnAndLeavesTheTreeAlone() {
        ApiObject object = ApiObject.of(Json.read(JSON));

        object.content().remove("data");

        assertThat(object.tree()).isEqualTo(Json.read(JSON));
    }
}
