package io.myriad.api.value;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Times, durations, identifiers, numbers or texts. */
class ValueTextsTest {
    @ParameterizedTest
    @CsvSource({"2026-11-23T22:19:00Z, 2026-11-23T22:19:00Z", "2026-11-23T23:19:00+01:00, 2026-11-23T22:19:00Z",
            "2026-11-23T22:19:00.999Z, 2026-11-23T22:19:00Z", "'2026-11-23T22:19:00,5Z', 2026-11-23T22:19:00Z",
            "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z", "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z, 1969-12-31T23:59:59Z",
            "2026-01-01T00:30:00+01:00, 2025-12-31T23:30:00Z", "2000-03-01T00:00:00Z, 2000-03-01T00:00:00Z"})
    void times(String text, String canonical) {
        assertThat(Timestamps.format(Timestamps.parse(text))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "2026-11-23", "2026-11-23t22:19:00Z", "2026-11-23T22:19:00z",
            "2026-11-23 22:19:00Z",
            "2026-11-23T22:19:00", "2026-11-23T22:19:60Z", "2026-11-23T24:00:00Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-11-23T22:19:00+0100", "2026-11-23T22:19:00Zx", "2026-11-23T22:19:00.Z",
            "+2026-11-23T22:19:00Z", "2026-11-23T22:19:00+"})
    void noTimes(String text) {
        assertThatThrownBy(() -> Timestamps.parse(text)).isInstanceOf(DateTimeException.class)
                .hasMessageStartingWith("parsing time \"" + text + '"');
    }

    @Test
    void microTimesHaveSixDigits() {
        assertThat(Timestamps.formatMicro(Timestamps.parseMicro("2026-11-23T22:19:00.000001Z")))
                .isEqualTo("2026-11-23T22:19:00.000001Z");
        assertThat(Timestamps.formatMicro(Instant.parse("1969-12-31T23:59:59.999999999Z")))
                .isEqualTo("1969-12-31T23:59:59.999999Z");
        for (String text : List.of("2026-11-23T22:19:00Z", "2026-11-23T22:19:00.00000Z",
                "2026-11-23T22:19:00.0000000Z")) {
            assertThatThrownBy(() -> Timestamps.parseMicro(text)).isInstanceOf(DateTimeException.class);
        }
    }

    @Test
    void everySecondIsWrittenAsTheJdkDoes() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long seconds = random.nextLong(Timestamps.ZERO_SECONDS, 253_402_300_800L);
            assertThat(Timestamps.formatSeconds(seconds)).isEqualTo(Instant.ofEpochSecond(seconds).toString());
            assertThat(Timestamps.parse(Timestamps.formatSeconds(seconds)).getEpochSecond()).isEqualTo(seconds);
        }
        assertThat(Timestamps.formatSeconds(253_402_300_800L)).isEqualTo("10000-01-01T00:00:00Z");
        assertThat(Timestamps.formatSeconds(Long.MAX_VALUE)).endsWith("Z").hasSizeLessThan(Timestamps.MAX_TEXT_BYTES);
        assertThat(Timestamps.formatMicro(Long.MIN_VALUE, 0)).hasSizeLessThanOrEqualTo(Timestamps.MAX_TEXT_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "1ns, 1ns", "1500us, 1.5ms", "1.5s, 1.5s", "90s, 1m30s", "3600s, 1h0m0s", "-90m, -1h30m0s",
            "1h1m1s1ms1us1ns, 1h1m1.001001001s", "100ms, 100ms", ".5s, 500ms", "1\u00b5s, 1\u00b5s", "24h, 24h0m0s",
            "9223372036854775807ns, 2562047h47m16.854775807s", "-9223372036854775808ns, -2562047h47m16.854775808s"})
    void durations(String text, String canonical) {
        assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "1d", "1 s", ".s", "-", "9223372036854775808ns", "2562048h", "1s-1s"})
    void noDurations(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("time: ");
    }

    @Test
    void identifiersAreRandomUuids() {
        Random random = new Random(7);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String uuid = Uuids.next(random);
            assertThat(uuid).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
            seen.add(uuid);
        }
        assertThat(seen).hasSize(1000);
    }

    @Test
    void numbersOrPercentages() {
        assertThat(new IntOrString.Number(3).scaled(10, true)).isEqualTo(3);
        assertThat(new IntOrString.Text("25%").scaled(10, true)).isEqualTo(3);
        assertThat(new IntOrString.Text("25%").scaled(10, false)).isEqualTo(2);
        assertThatThrownBy(() -> new IntOrString.Text("many").scaled(10, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IntOrString.Text("x%").scaled(10, true))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
