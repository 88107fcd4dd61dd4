package io.myriad.api.value;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class QuantityTest {
    private static Quantity of(String text) {
        return Quantity.parse(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "00, 0", "-0, 0", "+, 0", "100m, 100m", "1000m, 1", "1500m, 1500m", "0.5, 500m", ".5, 500m",
            "5., 5.",
            "+5, +5", "1000, 1k", "1000k, 1M", "1500k, 1500k", "12e6, 12e6", "12E6, 12E6", "12000e3, 12e6",
            "1e-3, 1e-3",
            "1.5Gi, 1536Mi", "1024Ki, 1Mi", "1Ki, 1Ki", "0.5Ki, 512", "1.1Ki, 1126400m", "128Mi, 128Mi", "1024, 1024",
            "0.1n, 1n", "1.0000000001, 1000000001n", "9223372036854775807, 9223372036854775807",
            "8Ei, 9223372036854775807",
            "1E, 1E", "1e18, 1e18", "123456789012345678901, 123456789012345678901", "0.000000001, 1n",
            "-1.5Gi, -1536Mi",
            "Ki, 0", ".Ki, 0"})
    void canonicalTexts(String text, String canonical) {
        assertThat(of(text).canonical()).isEqualTo(canonical);
        assertThat(of(of(text).canonical()).compareTo(of(text))).isZero();
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (Quantity.isSurelyCanonical(ascii, 0, ascii.length)) {
            assertThat(canonical).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1 ", "a", "1.2.3", "--1", "1Kii", "1K", "1mi", "1e", "1e+", "1_0", "0x1", "Ei",
            "1e99999"})
    void nonsense(String text) {
        assertThatThrownBy(() -> of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hugeTextsAreRefused() {
        assertThatThrownBy(() -> of("1".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void roundedValues() {
        assertThat(of("1500m").value()).isEqualTo(2);
        assertThat(of("-1500m").value()).isEqualTo(-2);
        assertThat(of("1.0001").milliValue()).isEqualTo(1001);
        assertThat(of("1Gi").value()).isEqualTo(1L << 30);
        assertThat(of("2").milliValue()).isEqualTo(2000);
        assertThat(of("1n").value()).isEqualTo(1);
        assertThat(of("9223372036854775807").value()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void sums() {
        assertThat(of("100m").plus(of("900m")).canonical()).isEqualTo("1");
        assertThat(of("1Gi").plus(of("512Mi")).canonical()).isEqualTo("1536Mi");
        assertThat(Quantity.ZERO.plus(of("1Gi")).canonical()).isEqualTo("1Gi");
        assertThat(of("1Gi").minus(of("1Gi")).canonical()).isEqualTo("0");
        assertThat(of("1").minus(of("1500m")).canonical()).isEqualTo("-500m");
        assertThat(of("9223372036854775807").plus(of("1")).canonical()).isEqualTo("9223372036854775808");
        assertThat(Quantity.of(-5, Quantity.Format.DECIMAL_SI).canonical()).isEqualTo("-5");
        assertThat(Quantity.ofMilli(2500, Quantity.Format.DECIMAL_SI).canonical()).isEqualTo("2500m");
    }

    @Test
    void equalAmountsAreEqual() {
        assertThat(of("1000m")).isEqualTo(of("1")).hasSameHashCodeAs(of("1"));
        assertThat(of("1Ki")).isEqualTo(of("1024")).isGreaterThan(of("1k"));
        assertThat(of("0Ki")).isEqualTo(Quantity.ZERO);
    }
}
