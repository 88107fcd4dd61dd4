package io.myriad.hollow.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TimingWheelTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyTimerFiresOnceNotEarlyAndHardlyLate(long seed) {
        Random random = new Random(seed);
        long[] now = {1_234_567};
        TimingWheel wheel = new TimingWheel(now[0]);
        List<Long> errors = new ArrayList<>();
        int set = 0;
        for (int step = 0; step < 5_000; step++) {
            if (step < 3_000) {
                long due = now[0] + random.nextInt(random.nextBoolean() ? 200 : 300_000);
                wheel.after(due - now[0], () -> errors.add(now[0] - due));
                set++;
            }
            now[0] += random.nextInt(150);
            wheel.advance(now[0]);
        }
        now[0] += 400_000;
        List<Long> beforeTheEnd = List.copyOf(errors);
        wheel.advance(now[0]);
        assertThat(errors).as("seed %d", seed).hasSize(set);
        assertThat(beforeTheEnd).allMatch(error -> error >= 0 && error <= 150 + 2 * TimingWheel.TICK_MILLIS);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aCancelledTimerDoesNotFire() {
        TimingWheel wheel = new TimingWheel(0);
        List<String> fired = new ArrayList<>();
        wheel.after(50, () -> fired.add("kept"));
        wheel.after(50, () -> fired.add("cancelled")).cancel();
        wheel.advance(1_000);
        assertThat(fired).containsExactly("kept");
    }

    @Test
    void aTaskMaySetTheNextTimer() {
        TimingWheel wheel = new TimingWheel(0);
        List<Long> fired = new ArrayList<>();
        Runnable[] again = new Runnable[1];
        long[] now = {0};
        again[0] = () -> {
            fired.add(now[0]);
            wheel.after(TimingWheel.SLOTS * TimingWheel.TICK_MILLIS, again[0]);
        };
        wheel.after(0, again[0]);
        while (now[0] < 200_000) {
            now[0] += 10;
            wheel.advance(now[0]);
        }
        assertThat(fired).hasSize(5);
    }
}
