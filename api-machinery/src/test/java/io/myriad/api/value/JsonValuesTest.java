package io.myriad.api.value;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.LongNode;

import static org.assertj.core.api.Assertions.assertThat;

class JsonValuesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1 | 1.0 | true", "1 | 2 | false", "1e2 | 100 | true", "'\"1\"' | 1 | false",
            "null | null | true", "null | 0 | false", "true | false | false",
            "{\"a\":1,\"b\":[1]} | {\"b\":[1.0],\"a\":1} | true", "{\"a\":1} | {\"a\":1,\"b\":null} | false",
            "{\"a\":1} | {\"b\":1} | false", "[1,2] | [2,1] | false", "[1] | [1,2] | false", "[] | {} | false",
            "123456789012345678901 | 123456789012345678901 | true",
            "9007199254740993 | 9007199254740992.0 | false"})
    void tellsWhetherValuesAreTheSame(String left, String right, boolean same) {
        assertThat(JsonValues.equal(json(left), json(right))).isEqualTo(same);
        assertThat(JsonValues.compare(json(left), json(right)) == 0).isEqualTo(same);
    }

    @Test
    void theNodeOfANumberDoesNotMatter() {
        assertThat(JsonValues.equal(LongNode.valueOf(1), json("1"))).isTrue();
    }

    @Test
    void ordersValuesOfAllTypes() {
        List<String> sorted = List.of("-1", "0.5", "7", "\"\"", "\"a\"", "\"b\"", "false", "true", "[]", "[1]", "[1,2]",
                "[2]", "{}", "{\"a\":1}", "{\"a\":1,\"b\":0}", "{\"a\":2}", "{\"b\":0}", "null");
        List<JsonNode> values = new ArrayList<>(sorted.reversed().stream().map(JsonValuesTest::json).toList());
        values.sort(JsonValues::compare);
        assertThat(values.stream().map(JsonNode::toString)).isEqualTo(sorted);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
