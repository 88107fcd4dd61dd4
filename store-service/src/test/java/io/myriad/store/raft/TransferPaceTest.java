package io.myriad.store.raft;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class TransferPaceTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void eachPartWaitsForTheOneBefore() {
        TransferPace pace = new TransferPace(1000);
        long now = System.nanoTime() + SECOND;
        assertThat(pace.take(500, now)).as("the first").isEqualTo(now);
        assertThat(pace.take(1000, now)).isEqualTo(now + SECOND / 2);
        assertThat(pace.take(1000, now)).isEqualTo(now + SECOND / 2 + SECOND);
    }

    @Test
    void whatWasNotUsedIsNotSaved() {
        TransferPace pace = new TransferPace(1000);
        long now = System.nanoTime() + SECOND;
        pace.take(1000, now);
        long later = now + 60 * SECOND;
        assertThat(pace.take(1000, later)).isEqualTo(later);
        assertThat(pace.take(1000, later)).isEqualTo(later + SECOND);
    }

    @Test
    void withoutALimitNobodyWaits() {
        TransferPace pace = new TransferPace(0);
        for (int i = 0; i < 1000; i++) {
            pace.await(Long.MAX_VALUE);
        }
    }
}
