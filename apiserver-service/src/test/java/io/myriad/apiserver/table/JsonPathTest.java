package io.myriad.apiserver.table;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonPathTest {
    private static final JsonNode OBJECT = JsonMapper.shared().readTree("""
            {"a": {"b": 1, "c.d": "dot", "e": null}, "list": [{"n": 1, "t": "x"}, {"n": 2, "t": "y]"}, {"n": 3}],
             "plain": [10, 20, 30], "deep": {"n": 9, "in": [{"n": 8}]}}""");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {".a.b | [1]", "$.a.b | [1]", ".a | [{\"b\":1,\"c.d\":\"dot\",\"e\":null}]",
            ".none | []", ".a.none.b | []", ".a['c.d'] | [\"dot\"]", ".a.c\\.d | [\"dot\"]", ".a[\"c.d\"] | [\"dot\"]",
            ".a.e | [null]", ".list[0].n | [1]", ".list[-1].n | [3]", ".list[7].n | []", ".list[*].n | [1,2,3]",
            ".list[0:2].n | [1,2]", ".list[1:].n | [2,3]", ".list[:1].n | [1]", ".list[::2].n | [1,3]",
            ".list[0,2].n | [1,3]", ".a['b','c.d'] | [1,\"dot\"]", ".plain[1] | [20]", ".a.* | [1,\"dot\",null]",
            ".list[?(@.t==\"x\")].n | [1]", ".list[?(@.t=='y]')].n | [2]", ".list[?(@.n>1)].n | [2,3]",
            ".list[?(@.n<=2)].n | [1,2]", ".list[?(@.n!=2)].n | [1,3]", ".list[?(@.t)].n | [1,2]",
            ".list[?(@.t!=\"x\")].n | [2]", ".list[?(@.n>\"1\")].n | []", ".list[?(@.n==@.n)].n | [1,2,3]",
            ".plain[?(@>15)] | [20,30]", ".deep..n | [9,8]", "..in[0].n | [8]", ".a[?(@.b==1)] | []", "'' | [ROOT]"})
    void findsValues(String path, String values) {
        ArrayNode found = JsonMapper.shared().createArrayNode();
        JsonPath.compile(path).find(OBJECT).forEach(found::add);
        assertThat(found).isEqualTo(values.equals("[ROOT]")
                ? JsonMapper.shared().createArrayNode().add(OBJECT)
                : JsonMapper.shared().readTree(values));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", ".a[", ".a[b]", ".a['b]", ".a[1:2:0]", ".a[1:2:3:4]", ".a[?(@.b==1]", ".a[?(@.b==x)]",
            ".a{b}", ".a[]"})
    void refusesMalformedPaths(String path) {
        assertThatThrownBy(() -> JsonPath.compile(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void boundsWhatItFinds() {
        ArrayNode many = JsonMapper.shared().createArrayNode();
        for (int i = 0; i < 2 * JsonPath.MAX_VALUES; i++) {
            many.add(i);
        }
        assertThat(JsonPath.compile("[*]").find(many)).hasSize(JsonPath.MAX_VALUES);
    }
}
