package io.myriad.scheduler.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IntCountsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithAMap(long seed) {
        Random random = new Random(seed);
        IntCounts counts = new IntCounts();
        Map<Integer, Integer> expected = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(1 + step % 300);
            int known = expected.getOrDefault(key, 0);
            int delta = random.nextBoolean() ? 1 + random.nextInt(3) : -random.nextInt(known + 1);
            counts.add(key, delta);
            expected.put(key, known + delta);
            assertThat(counts.get(key)).as("seed %d step %d", seed, step).isEqualTo(known + delta);
        }
        expected.forEach((key, count) -> assertThat(counts.get(key)).as("seed %d key %d", seed, key).isEqualTo(count));
        Map<Integer, Integer> visited = new HashMap<>();
        counts.forEach(visited::put);
        expected.values().removeIf(count -> count == 0);
        assertThat(visited).isEqualTo(expected);
    }

    @Test
    void isEmptyAgainWhenAllHasGone() {
        IntCounts counts = new IntCounts();
        for (int key = 0; key < 100; key++) {
            counts.add(key, 2);
        }
        for (int key = 0; key < 100; key++) {
            counts.add(key, -2);
        }
        assertThat(counts.isEmpty()).isTrue();
    }

    @Test
    void refusesToCountBelowZero() {
        assertThatThrownBy(() -> new IntCounts().add(3, -1)).isInstanceOf(IllegalStateException.class);
    }
}
