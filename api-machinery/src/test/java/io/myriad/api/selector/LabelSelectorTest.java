package io.myriad.api.selector;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.StatusException;
import io.myriad.api.selector.Requirement.Operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LabelSelectorTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", value = {
            // selector | its canonical form
            "\"\" | \"\"", "x=a,y=b,z=c | x=a,y=b,z=c", "z=1,a==2 | a=2,z=1", "x!=a,y=b | x!=a,y=b", "x= | x=",
            "x=,z= | x=,z=", "x | x", "!x | !x", "! x | !x", "x , !y | x,!y", "x in (b,a) | x in (a,b)",
            "x in (a,a) | x in (a)", "l in () | l in ()", "x in (,a) | x in (,a)", "x in (a,) | x in (,a)",
            "x in (,) | x in ()", "x in (a,,b) | x in (,a,b)", "x notin (a) | x notin (a)", "in in (in) | in in (in)",
            "notin=in | notin=in", "x>1 | x>1", "x<7,y | x<7,y", " x = a | x=a", "example.com/x=y | example.com/x=y",
            "x in(a) | x in (a)"})
    void parsesToCanonicalText(String selector, String canonical) {
        LabelSelector parsed = LabelSelector.parse(selector);
        assertThat(parsed).hasToString(canonical);
        assertThat(LabelSelector.parse(parsed.toString())).isEqualTo(parsed).hasSameHashCodeAs(parsed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"l=1, | found '', expected: identifier after ','",
            ", | found ',', expected: !, identifier, or 'end of string'",
            "x=a+y=b | unable to parse requirement: values[0][x]: Invalid value: \"a+y\"",
            "x==a==b | found '==', expected: ',' or 'end of string'",
            "!x=a | found '=', expected: ',' or 'end of string'",
            "x a | unable to parse requirement: found 'a', expected: in, notin, =, ==, !=, gt, lt",
            "x in a | unable to parse requirement: found 'a' expected: '('",
            "x in (a b) | unable to parse requirement: found 'b', expected: ',' or ')'",
            "x in (a | unable to parse requirement: found '', expected: ',' or ')'",
            "x=( | unable to parse requirement: found '(', expected: identifier",
            "!(a) | unable to parse requirement: found '(', expected: identifier",
            "x>-7 | unable to parse requirement: values[0][x]: Invalid value: \"-7\": a valid label",
            "x>y | unable to parse requirement: values[0]: Invalid value: \"y\": for 'Gt', 'Lt' operators, the value must be an integer",
            "a/b/c | unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of",
            "/b | unable to parse requirement: <nil>: Invalid value: \"/b\": prefix part must be non-empty",
            "A/b | unable to parse requirement: <nil>: Invalid value: \"A/b\": prefix part a lowercase RFC 1123 subdomain",
            "x=a_ | unable to parse requirement: values[0][x]: Invalid value: \"a_\": a valid label must be an empty string"})
    void refusesWhatUpstreamRefuses(String selector, String message) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOfSatisfying(StatusException.class,
                failure -> {
                    assertThat(failure.status().code()).isEqualTo(400);
                    assertThat(failure.status().message()).startsWith(message);
                });
    }

    @Test
    void refusesLongNames() {
        String max = "a".repeat(63);
        assertThat(LabelSelector.parse(max + "=" + max).matches(Map.of(max, max))).isTrue();
        assertThatThrownBy(() -> LabelSelector.parse(max + "a")).hasMessageContaining("must be no more than 63 bytes");
        assertThatThrownBy(() -> LabelSelector.parse("a=" + max + "a"))
                .hasMessageContaining("must be no more than 63 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // selector | key | value | matches
            "\"\" | a | b | true", "a=b | a | b | true", "a=b | a | c | false", "a=b | x | b | false",
            "a!=b | x | b | true", "a!=b | a | b | false", "a in (b,c) | a | c | true", "a in (b,c) | a | d | false",
            "a in () | a | \"\" | true", "a in () | x | \"\" | false", "a notin (b) | x | y | true",
            "a notin (b) | a | b | false", "a | a | \"\" | true", "a | b | \"\" | false", "!a | b | \"\" | true",
            "!a | a | \"\" | false", "a>5 | a | 6 | true", "a>5 | a | 5 | false", "a<5 | a | 4 | true",
            "a<5 | a | x | false", "a<5 | b | 4 | false", "a>5 | a | 9223372036854775808 | false",
            "a>9223372036854775806 | a | 9223372036854775807 | true", "a,a!=b | a | b | false"})
    void matches(String selector, String key, String value, boolean expected) {
        assertThat(LabelSelector.parse(selector).matches(Map.of(key, value))).isEqualTo(expected);
    }

    @Test
    void readsApiObjects() {
        LabelSelector selector = LabelSelector.of(json("""
                {"matchLabels": {"b": "1"}, "matchExpressions": [
                  {"key": "a", "operator": "In", "values": ["y", "x"]}, {"key": "c", "operator": "Exists"},
                  {"key": "d", "operator": "DoesNotExist"}, {"key": "e", "operator": "NotIn", "values": ["z"]}]}"""));
        assertThat(selector).hasToString("a in (x,y),b=1,c,!d,e notin (z)");
        assertThat(selector.requirements().getFirst())
                .isEqualTo(new Requirement("a", Operator.IN, Set.of("x", "y")));
    }

    @Test
    void anEmptyObjectSelectsAllAndAnAbsentOneNone() {
        assertThat(LabelSelector.of(json("{}")).isEverything()).isTrue();
        LabelSelector none = LabelSelector.of((JsonNode) null);
        assertThat(none.isNothing()).isTrue();
        assertThat(none.isEverything()).isFalse();
        assertThat(none.matches(Map.of())).isFalse();
    }

    @Test
    void refusesAnUnknownOperatorOfAnApiObject() {
        assertThatThrownBy(() -> LabelSelector.of(json("""
                {"matchExpressions": [{"key": "a", "operator": "Near"}]}""")))
                .hasMessage("\"Near\" is not a valid label selector operator");
    }

    @Test
    void namesEveryErrorOfAnApiObject() {
        List<String> errors = LabelSelector.validate(json("""
                {"matchLabels": {"-": "?"}, "matchExpressions": [
                  {"key": "a", "operator": "In"}, {"key": "a", "operator": "Exists", "values": ["x"]},
                  {"key": "", "operator": "Near", "values": ["ok", "?"]}]}"""), "spec.selector").stream()
                .map(error -> error.field() + " " + error.type()).toList();
        assertThat(errors).containsExactly("spec.selector.matchLabels INVALID", "spec.selector.matchLabels INVALID",
                "spec.selector.matchExpressions[0].values REQUIRED",
                "spec.selector.matchExpressions[1].values FORBIDDEN",
                "spec.selector.matchExpressions[2].operator INVALID", "spec.selector.matchExpressions[2].key INVALID",
                "spec.selector.matchExpressions[2].key INVALID",
                "spec.selector.matchExpressions[2].values[1] INVALID");
        assertThat(LabelSelector.validate(null, "spec.selector")).isEmpty();
    }

    @Test
    void labelsBecomeEqualities() {
        assertThat(LabelSelector.ofLabels(Map.of("b", "2", "a", "1"))).hasToString("a=1,b=2");
    }

    @Test
    void noTextMakesTheParserFailOtherThanWithAnAnswer() {
        long seed = 20260817;
        Random random = new Random(seed);
        String[] pieces = {"a", "b1", "in", "notin", "(", ")", ",", "=", "!", "<", ">", " ", "/", "_", "\u00e9"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i > 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                LabelSelector parsed = LabelSelector.parse(text.toString());
                assertThat(LabelSelector.parse(parsed.toString())).as("seed %d: %s", seed, text).isEqualTo(parsed);
            } catch (StatusException refused) {
                assertThat(refused.status().code()).as("seed %d: %s", seed, text).isEqualTo(400);
            }
        }
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
