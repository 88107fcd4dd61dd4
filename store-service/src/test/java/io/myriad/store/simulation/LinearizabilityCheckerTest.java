package io.myriad.store.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.myriad.store.simulation.KeyModel.CompareAndPut;
import io.myriad.store.simulation.KeyModel.Delete;
import io.myriad.store.simulation.KeyModel.Get;
import io.myriad.store.simulation.KeyModel.Put;
import io.myriad.store.simulation.KeyModel.Step;

import static org.assertj.core.api.Assertions.assertThat;

/** What the checker takes for linearizable and what not. */
final class LinearizabilityCheckerTest {

    private static final long NEVER = Long.MAX_VALUE;

    private final List<LinearizabilityChecker.Operation<Step>> history = new ArrayList<>();

    private LinearizabilityCheckerTest with(long called, long returned, Step step) {
        history.add(new LinearizabilityChecker.Operation<>(called, returned, step));
        return this;
    }

    private boolean isLinearizable() { return LinearizabilityChecker.isLinearizable(new KeyModel(), history); }

    @Test
    void nothingIsLinearizable() {
        assertThat(isLinearizable()).isTrue();
    }

    @Test
    void aReadSeesTheWriteBeforeIt() {
        assertThat(with(1, 2, new Put("a")).with(3, 4, new Get("a")).isLinearizable()).isTrue();
    }

    @Test
    void aStaleReadIsRejected() {
        assertThat(with(1, 2, new Put("a")).with(3, 4, new Put("b")).with(5, 6, new Get("a")).isLinearizable())
                .isFalse();
    }

    @Test
    void aReadBesideAWriteSeesEither() {
        assertThat(with(1, 2, new Put("a")).with(3, 9, new Put("b")).with(4, 5, new Get("a"))
                .with(6, 7, new Get("b")).isLinearizable()).isTrue();
    }

    @Test
    void whatWasSeenStays() {
        assertThat(with(1, 2, new Put("a")).with(3, 9, new Put("b")).with(4, 5, new Get("b"))
                .with(6, 7, new Get("a")).isLinearizable()).isFalse();
    }

    @Test
    void aLostUpdateIsRejected() {
        assertThat(with(1, 2, new Put("a")).with(3, 8, new CompareAndPut("a", "b", true, ""))
                .with(4, 9, new CompareAndPut("a", "c", true, "")).isLinearizable()).isFalse();
    }

    @Test
    void oneOfTwoUpdatesWins() {
        assertThat(with(1, 2, new Put("a")).with(3, 8, new CompareAndPut("a", "b", true, ""))
                .with(4, 9, new CompareAndPut("a", "c", false, "b")).isLinearizable()).isTrue();
    }

    @Test
    void anUpdateThatFailedMustHaveSeenWhy() {
        assertThat(with(1, 2, new Put("a")).with(3, 4, new CompareAndPut("a", "b", false, "a")).isLinearizable())
                .isFalse();
    }

    @Test
    void aValueFromNowhereIsRejected() {
        assertThat(with(1, 2, new Put("a")).with(3, 4, new Get("b")).isLinearizable()).isFalse();
    }

    @Test
    void aWriteOfUnknownFateMayHappenMuchLater() {
        assertThat(with(1, 2, new Put("a")).with(3, NEVER, new Put("b")).with(4, 5, new Get("a"))
                .with(6, 7, new Put("c")).with(8, 9, new Get("b")).isLinearizable()).isTrue();
    }

    @Test
    void aWriteOfUnknownFateMayNeverHappen() {
        assertThat(with(1, 2, new Put("a")).with(3, NEVER, new Put("b")).with(4, 5, new Get("a")).isLinearizable())
                .isTrue();
    }

    @Test
    void aWriteOfUnknownFateDoesNotHappenBeforeItsCallNorTwice() {
        assertThat(with(1, 2, new Get("b")).with(3, NEVER, new Put("b")).isLinearizable()).isFalse();
        history.clear();
        assertThat(with(1, NEVER, new Put("b")).with(2, 3, new Get("b")).with(4, 5, new Put("c"))
                .with(6, 7, new Get("b")).isLinearizable()).isFalse();
    }

    @Test
    void aDeletionSaysWhetherThereWasSomething() {
        assertThat(with(1, 2, new Put("a")).with(3, 4, new Delete(true)).with(5, 6, new Delete(false))
                .with(7, 8, new Get("")).isLinearizable()).isTrue();
        assertThat(with(9, 10, new Delete(true)).isLinearizable()).isFalse();
    }

    /** A register that is used by several at once is linearizable; with one read of something older it is hardly ever. */
    @Test
    void whatARegisterDidIsAccepted() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            history.clear();
            String value = "";
            for (int i = 0; i < 100; i++) {
                // It takes effect at 10 * i, somewhere between its call and its return.
                long called = 10 * i - random.nextInt(40);
                long returned = random.nextInt(8) == 0 ? NEVER : 10 * i + random.nextInt(40);
                if (random.nextBoolean()) {
                    value = "v" + i;
                    with(called, returned, new Put(value));
                } else if (returned != NEVER) {
                    with(called, returned, new Get(value));
                }
            }
            assertThat(isLinearizable()).as("seed %s", seed).isTrue();
            with(2000, 2001, new Get("v" + (value.equals("v1") ? 2 : 1)));
            assertThat(history.stream().anyMatch(operation -> operation.returned() == NEVER) || !isLinearizable())
                    .as("seed %s", seed).isTrue();
        }
    }
}
