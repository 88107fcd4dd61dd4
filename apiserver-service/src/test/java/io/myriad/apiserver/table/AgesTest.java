package io.myriad.apiserver.table;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AgesTest {
    @ParameterizedTest
    @CsvSource({"PT0S,0s", "PT-1S,0s", "PT-2S,<invalid>", "PT1.9S,1s", "PT119S,119s", "PT2M,2m", "PT9M59S,9m59s",
            "PT10M,10m", "PT10M30S,10m", "PT179M59S,179m", "PT3H,3h", "PT3H5M,3h5m", "PT7H59M,7h59m", "PT8H,8h",
            "PT47H59M,47h", "PT48H,2d", "PT49H,2d1h", "PT191H,7d23h", "P8D,8d", "P729D,729d", "P730D,2y", "P731D,2y1d",
            "P2919D,7y364d", "P2920D,8y", "P4000D,10y"})
    void areShort(Duration duration, String text) {
        assertThat(Ages.format(duration)).isEqualTo(text);
    }

    @Test
    void areUnknownWithoutATime() {
        Instant now = Instant.parse("2001-01-01T00:01:00Z");
        assertThat(Ages.since("", now)).isEqualTo("<unknown>");
        assertThat(Ages.since("2001-01-01T00:00:00Z", now)).isEqualTo("60s");
        assertThat(Ages.since("2001-01-01T00:00:00.000000Z", now)).isEqualTo("60s");
        assertThat(Ages.since("yesterday", now)).isEqualTo("<invalid>");
    }
}
