package io.myriad.apiserver.custom.cel;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.custom.Structural;

import static org.assertj.core.api.Assertions.assertThat;

class CelEngineTest {
    private final CelEngine engine = new CelEngine();

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    /** A schema whose {@code spec} has these properties and rules. */
    private static Structural schema(String properties, String rules) {
        return Structural.of(json("{'type': 'object', 'properties': {'spec': {'type': 'object', 'properties': "
                + properties + ", 'x-kubernetes-validations': " + rules + "}}}")).asResource();
    }

    private List<String> errors(Structural schema, String spec, @Nullable String old) {
        return engine.evaluator(schema)
                .check(json("{'spec': " + spec + "}"), old == null ? null : json("{'spec': " + old + "}")).stream()
                .map(error -> error.field() + ": " + error.detail()).toList();
    }

    @Test
    void saysWhatWasViolated() {
        Structural schema = schema("{'min': {'type': 'integer'}, 'max': {'type': 'integer'}}",
                "[{'rule': 'self.min <= self.max', 'messageExpression': '\\\"at least \\\" + string(self.min)',"
                        + " 'fieldPath': '.max'}]");
        assertThat(errors(schema, "{'min': 1, 'max': 2}", null)).isEmpty();
        assertThat(errors(schema, "{'min': 3, 'max': 2}", null))
                .containsExactly("spec.max: Invalid value: at least 3");
    }

    @Test
    void transitionRulesNeedAnEarlierValue() {
        Structural schema = schema("{'a': {'type': 'string', 'x-kubernetes-validations': [{'rule': 'self == oldSelf',"
                + " 'reason': 'FieldValueForbidden'}]}}", "[]");
        assertThat(errors(schema, "{'a': 'x'}", null)).isEmpty();
        assertThat(errors(schema, "{'a': 'x'}", "{'a': 'x'}")).isEmpty();
        assertThat(errors(schema, "{'a': 'y'}", "{'a': 'x'}"))
                .containsExactly("spec.a: Forbidden: failed rule: self == oldSelf");
    }

    @Test
    void elementsOfMapListsKeepTheirHistory() {
        Structural schema = schema(
                "{'l': {'type': 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'],"
                        + " 'items': {'type': 'object', 'properties': {'k': {'type': 'string'},"
                        + " 'v': {'type': 'integer', 'x-kubernetes-validations': [{'rule': 'self >= oldSelf'}]}}}}}",
                "[]");
        assertThat(errors(schema, "{'l': [{'k': 'b', 'v': 1}, {'k': 'a', 'v': 1}]}", "{'l': [{'k': 'a', 'v': 2}]}"))
                .containsExactly("spec.l[1].v: Invalid value: 1: failed rule: self >= oldSelf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quantity(self.q).isGreaterThan(quantity(\\\"1Mi\\\"))", "self.l.isSorted()",
            "self.l.sum() == 6", "self.l.indexOf(2) == 1", "url(self.u).getHostname() == \\\"example.com\\\"",
            "self.q.find(\\\"[0-9]+\\\") == \\\"2\\\"", "cidr(\\\"10.0.0.0/8\\\").containsIP(self.ip)",
            "ip(self.ip).family() == 4", "self.__namespace__ == \\\"n\\\"", "self.d__dash__t == \\\"x\\\"",
            "has(self.q) && !has(self.none)", "self.l.all(x, x > 0) && self.l.exists_one(x, x == 3)",
            "self.when < timestamp(\\\"2030-01-01T00:00:00Z\\\")", "self.m[\\\"a.b\\\"] == \\\"c\\\""})
    void knowsKubernetesFunctionsAndNames(String rule) {
        Structural schema = schema(
                "{'q': {'type': 'string'}, 'none': {'type': 'string'}, 'l': {'type': 'array', 'items': {'type': 'integer'}},"
                        + " 'u': {'type': 'string'}, 'ip': {'type': 'string'}, 'namespace': {'type': 'string'},"
                        + " 'd-t': {'type': 'string'}, 'when': {'type': 'string', 'format': 'date-time'},"
                        + " 'm': {'type': 'object', 'additionalProperties': {'type': 'string'}}}",
                "[{'rule': '" + rule + "'}]");
        assertThat(engine.check(schema, "schema")).isEmpty();
        assertThat(errors(schema, "{'q': '2Gi', 'l': [1, 2, 3], 'u': 'https://example.com:80/x', 'ip': '10.1.2.3',"
                + " 'namespace': 'n', 'd-t': 'x', 'when': '2026-01-02T03:04:05Z', 'm': {'a.b': 'c'}}", null)).isEmpty();
    }

    @Test
    void whatCannotBeCompiledIsFoundInTheDefinition() {
        assertThat(engine.check(schema("{'a': {'type': 'integer'}}",
                "[{'rule': '1'}, {'rule': 'self.b > 1'}, {'rule': 'self.a > 1'}]"), "schema"))
                .extracting(FieldError::field)
                .containsExactly("schema.properties[spec].x-kubernetes-validations[0].rule",
                        "schema.properties[spec].x-kubernetes-validations[1].rule");
    }

    @Test
    void elementsOfAtomicListsHaveNoHistory() {
        assertThat(engine.check(schema("{'l': {'type': 'array', 'items': {'type': 'integer',"
                + " 'x-kubernetes-validations': [{'rule': 'self == oldSelf'}]}}}", "[]"), "schema"))
                .extracting(FieldError::detail).singleElement().asString().contains("uncorrelatable");
    }

    @Test
    void whatCostsTooMuchIsStopped() {
        Structural schema = schema("{'l': {'type': 'array', 'items': {'type': 'integer'}}}",
                "[{'rule': 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))'}]");
        StringBuilder list = new StringBuilder("0");
        for (int i = 1; i < 200; i++) {
            list.append(',').append(i);
        }
        assertThat(errors(schema, "{'l': [" + list + "]}", null)).singleElement().asString().contains("cost");
    }
}
