package io.myriad.api.custom;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.StatusException;
import io.myriad.api.schema.Shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CustomSchemaTest {
    private static final CustomSchema SCHEMA = CustomSchema.compile("example.v1.Thing", json("""
            {"type": "object", "properties": {
              "spec": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
                "size": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9},
                "kind": {"type": "string", "enum": ["a", "b"]},
                "port": {"x-kubernetes-int-or-string": true},
                "note": {"type": "string", "nullable": true},
                "when": {"type": "string", "format": "date-time"},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                         "properties": {"known": {"type": "object", "properties": {"x": {"type": "integer"}}}}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
                "list": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                         "items": {"type": "object", "required": ["k"], "properties": {
                           "k": {"type": "string"}, "v": {"type": "integer", "default": 7}}}},
                "choice": {"type": "object", "properties": {"l": {"type": "string"}, "r": {"type": "string"}},
                           "oneOf": [{"required": ["l"]}, {"required": ["r"]}]},
                "embedded": {"type": "object", "x-kubernetes-embedded-resource": true,
                             "x-kubernetes-preserve-unknown-fields": true}}}}}
            """), false);

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    private static ObjectNode thing(String spec) {
        return json("{\"apiVersion\": \"example/v1\", \"kind\": \"Thing\", \"metadata\": {\"name\": \"x\"}, \"spec\": "
                + spec + "}");
    }

    private static List<String> errors(String spec) {
        return SCHEMA.check(thing(spec)).stream().map(error -> error.field() + " " + error.type().reason()).toList();
    }

    @Test
    void defaultsPrunesAndReportsUnknownFields() {
        ObjectNode thing = thing("{\"name\": \"n\", \"other\": {\"a\": 1}, \"list\": [{\"k\": \"a\", \"z\": 1}],"
                + "\"free\": {\"any\": 1, \"known\": {\"x\": 1, \"y\": 2}}, \"labels\": {\"q\": \"r\"}}");
        thing.put("extra", true);
        thing.withObjectProperty("metadata").put("unknown", 1);
        assertThat(SCHEMA.conform(thing)).containsExactly("unknown field \"metadata.unknown\"",
                "unknown field \"extra\"", "unknown field \"spec.free.known.y\"", "unknown field \"spec.list[0].z\"",
                "unknown field \"spec.other\"");
        assertThat(thing.path("spec")).isEqualTo(json("{\"name\": \"n\", \"list\": [{\"k\": \"a\", \"v\": 7}],"
                + "\"free\": {\"any\": 1, \"known\": {\"x\": 1}}, \"labels\": {\"q\": \"r\"}, \"size\": 3}"));
    }

    @Test
    void nullIsAValueOnlyWhereTheSchemaSaysSo() {
        ObjectNode thing = thing("{\"name\": null, \"note\": null, \"size\": null}");
        SCHEMA.conform(thing);
        assertThat(thing.path("spec")).isEqualTo(json("{\"note\": null, \"size\": 3}"));
    }

    @Test
    void metadataMustBeMetadata() {
        ObjectNode thing = thing("{}");
        thing.withObjectProperty("metadata").put("labels", 5);
        assertThatThrownBy(() -> SCHEMA.conform(thing)).isInstanceOf(StatusException.class)
                .hasMessageContaining("cannot unmarshal number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'name': 'abcdef'} | spec.name FieldValueTooLong",
            "{'name': 'A'} | spec.name FieldValueInvalid", "{'name': 1} | spec.name FieldValueTypeInvalid",
            "{} | spec.name FieldValueRequired", "{'name': 'a', 'size': 0} | spec.size FieldValueInvalid",
            "{'name': 'a', 'size': 10} | spec.size FieldValueInvalid",
            "{'name': 'a', 'kind': 'c'} | spec.kind FieldValueNotSupported",
            "{'name': 'a', 'port': true} | spec.port FieldValueTypeInvalid",
            "{'name': 'a', 'when': 'now'} | spec.when FieldValueTypeInvalid",
            "{'name': 'a', 'labels': {'x': 1}} | spec.labels.x FieldValueTypeInvalid",
            "{'name': 'a', 'set': ['x', 'x']} | spec.set[1] FieldValueDuplicate",
            "{'name': 'a', 'list': [{'k': 'x'}, {'k': 'x'}]} | spec.list[1] FieldValueDuplicate",
            "{'name': 'a', 'embedded': {'kind': 'A'}} | spec.embedded.apiVersion FieldValueRequired"})
    void refuses(String spec, String expected) {
        assertThat(errors(spec.replace('\'', '"'))).containsExactly(expected);
    }

    @Test
    void acceptsWhatFits() {
        assertThat(errors("{\"name\": \"a\", \"port\": \"http\", \"when\": \"2026-01-02T03:04:05Z\", \"note\": null,"
                + "\"choice\": {\"l\": \"x\"}, \"set\": [\"a\", \"b\"]}")).isEmpty();
    }

    @Test
    void exactlyOneAlternativeMustFit() {
        assertThat(errors("{\"name\": \"a\", \"choice\": {\"l\": \"x\", \"r\": \"y\"}}"))
                .containsExactly("<nil> FieldValueInvalid");
        assertThat(errors("{\"name\": \"a\", \"choice\": {}}")).contains("<nil> FieldValueInvalid",
                "spec.choice.l FieldValueRequired");
    }

    @Test
    void whatDoesNotChangeIsForgiven() {
        ObjectNode old = thing("{\"name\": \"TOO LONG\", \"size\": 1}");
        assertThat(SCHEMA.check(thing("{\"name\": \"TOO LONG\", \"size\": 2}"), old)).isEmpty();
        assertThat(SCHEMA.check(thing("{\"name\": \"TOO LONGER\", \"size\": 2}"), old)).extracting(FieldError::field)
                .containsOnly("spec.name");
    }

    @Test
    void compilesToTheTypesOfApply() {
        Shape spec = java.util.Objects.requireNonNull(SCHEMA.type().field("spec")).shape();
        assertThat(spec).isInstanceOfSatisfying(Shape.Structure.class, structure -> {
            assertThat(structure.type().open()).isFalse();
            assertThat(structure.type().field("list")).extracting(field -> field.shape()).isInstanceOfSatisfying(
                    Shape.ListOf.class, list -> assertThat(list.mapKeys()).containsExactly("k"));
            assertThat(structure.type().field("free")).extracting(field -> field.shape()).isInstanceOfSatisfying(
                    Shape.Structure.class, free -> assertThat(free.type().open()).isTrue());
        });
    }
}
