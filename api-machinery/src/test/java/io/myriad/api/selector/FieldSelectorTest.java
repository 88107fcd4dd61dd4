package io.myriad.api.selector;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FieldSelectorTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"\"\" | \"\"", "x=a | x=a", "x==a | x=a", "x!=a | x!=a",
            "z=1,a=2 | a=2,z=1", "x=a, | x=a", ",x=a | x=a", "x=a\\,b\\=c\\\\ | x=a\\,b\\=c\\\\", "x= | x=",
            "metadata.name=a,spec.nodeName!= | metadata.name=a,spec.nodeName!=", "=a | =a"})
    void parsesToCanonicalText(String selector, String canonical) {
        FieldSelector parsed = FieldSelector.parse(selector);
        assertThat(parsed).hasToString(canonical);
        assertThat(FieldSelector.parse(parsed.toString())).isEqualTo(parsed).hasSameHashCodeAs(parsed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"x | invalid selector: 'x'; can't understand 'x'",
            "x=a=b | invalid field selector: unescaped character in value: 61",
            "x=a\\b | invalid field selector: invalid escape sequence: \\b",
            "x=a\\ | invalid field selector: invalid escape sequence: \\",
            "x===a | invalid field selector: unescaped character in value: 61"})
    void refusesWhatUpstreamRefuses(String selector, String message) {
        assertThatThrownBy(() -> FieldSelector.parse(selector)).isInstanceOfSatisfying(StatusException.class,
                failure -> {
                    assertThat(failure.status().code()).isEqualTo(400);
                    assertThat(failure.status().message()).isEqualTo(message);
                });
    }

    @Test
    void allConditionsMustHoldAndAnAbsentFieldIsEmpty() {
        FieldSelector selector = FieldSelector.parse("a=1,b!=2,c=");
        assertThat(selector.matches(Map.of("a", "1")::get)).isTrue();
        assertThat(selector.matches(Map.of("a", "1", "b", "2")::get)).isFalse();
        assertThat(selector.matches(Map.of("a", "1", "c", "x")::get)).isFalse();
        assertThat(FieldSelector.everything().matches(Map.of("a", "1")::get)).isTrue();
    }

    @Test
    void tellsTheValueThatAnIndexCanLookUp() {
        FieldSelector selector = FieldSelector.parse("spec.nodeName=n1,status.phase!=Failed");
        assertThat(selector.requiredValue("spec.nodeName")).isEqualTo("n1");
        assertThat(selector.requiredValue("status.phase")).isNull();
        assertThat(selector.isEverything()).isFalse();
        assertThat(FieldSelector.parse(",").isEverything()).isTrue();
    }
}
