package io.myriad.api.codec;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.api.StatusException;
import io.myriad.api.schema.Schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class YamlReaderTest {
    private static String read(String yaml) {
        return YamlReader.read(yaml.getBytes(StandardCharsets.UTF_8)).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"yes|true", "Off|false", "y|true", "N|false", "~|null",
            "null|null", "'yes'|\"yes\"", "0644|420", "0o17|15", "08|8", "0x1F|31", "0b101|5", "1_000|1000", "1e3|1000",
            "1.0|1", "1.50|1.5", ".5|0.5", "2026-11-23|\"2026-11-23\"", "2026-11-23T22:19:00Z|\"2026-11-23T22:19:00Z\"",
            "12:30|\"12:30\"", "9223372036854775808|9.223372036854776E18", "!!str 1|\"1\"", "!!float 1|1", "! 1|\"1\"",
            "!any x|\"x\"", "1.2.3|\"1.2.3\"", "+|\"+\"", "0x|\"0x\""})
    void plainScalars(String yaml, String json) {
        assertThat(read("a: " + yaml)).isEqualTo("{\"a\":" + json + "}");
    }

    @Test
    void keysBecomeTexts() {
        assertThat(read("1: a\n1.5: b\ntrue: c\n0x10: d\n1e6: e\n")).isEqualTo(
                "{\"1\":\"a\",\"1.5\":\"b\",\"true\":\"c\",\"16\":\"d\",\"1e+06\":\"e\"}");
        for (String key : List.of("~", "[a]", "{a: b}", "18446744073709551615")) {
            assertThatThrownBy(() -> read("? " + key + "\n: x\n")).as(key).isInstanceOf(StatusException.class)
                    .hasMessageContaining("unsupported map key");
        }
    }

    @Test
    void anchorsAndMerges() {
        assertThat(read("a: &x {b: 1, c: [2]}\nd: *x\ne:\n  <<: *x\n  b: 3\n"))
                .isEqualTo("{\"a\":{\"b\":1,\"c\":[2]},\"d\":{\"b\":1,\"c\":[2]},\"e\":{\"b\":3,\"c\":[2]}}");
        assertThatThrownBy(() -> read("a: *x\n")).isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> read("a: &x [*x]\n")).isInstanceOf(StatusException.class);
        assertThatThrownBy(() -> read("a:\n  <<: 1\n")).isInstanceOf(StatusException.class);
    }

    @Test
    void severalDocuments() {
        assertThat(YamlReader.readAll("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n".getBytes(StandardCharsets.UTF_8)))
                .extracting(Object::toString).containsExactly("{\"a\":1}", "{\"b\":2}");
        assertThat(read("a: 1\n---\nb: 2\n")).isEqualTo("{\"a\":1}");
    }

    @Test
    void wrongTextIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("a: 1\nb: [1, 2\n")).isInstanceOf(StatusException.class)
                .hasMessageStartingWith("yaml: line ");
        for (String yaml : List.of("", "- 1\n", "text", "a: b: c", "a:\n\tb: 1", "a: .nan", "a: !!int x",
                "a: !!binary eA==",
                "a: \u0007")) {
            assertThatThrownBy(() -> read(yaml)).as(yaml).isInstanceOf(StatusException.class);
        }
    }

    @Test
    void doubledKeysAreRefusedOrReported() {
        assertThatThrownBy(() -> read("a: 1\nb: 2\na: 3\n")).isInstanceOf(StatusException.class)
                .hasMessageContaining("line 3: key \"a\" already set in map");
        JsonReader.Parsed parsed = YamlReader
                .read("kind: Pod\nspec:\n  foo: 1\n  nodeName: a\n  nodeName: b\n".getBytes(
                        StandardCharsets.UTF_8), Schema.builtin().type("io.k8s.api.core.v1.Pod"));
        assertThat(parsed.problems()).containsExactly("line 5: key \"nodeName\" already set in map",
                "unknown field \"spec.foo\"");
        assertThat(parsed.object().toString()).isEqualTo("{\"kind\":\"Pod\",\"spec\":{\"nodeName\":\"b\"}}");
    }
}
