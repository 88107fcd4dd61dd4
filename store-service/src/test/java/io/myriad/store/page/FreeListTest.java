package io.myriad.store.page;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The free list beside a set of bits that does the same slowly. */
final class FreeListTest {

    private static final int STEPS = 12_000;

    private record Run(int start, int length) {}

    @Test
    void aNewFileHasNoFreePage() {
        FreeList list = new FreeList(100);
        assertThat(list.freePages()).isZero();
        assertThat(list.allocate(1)).isEqualTo(FreeList.NONE);
        assertThat(runs(list)).isEmpty();
    }

    @Test
    void theShortestRunThatFitsIsTakenAndTheLowestOfThose() {
        FreeList list = new FreeList(1000);
        list.release(10, 4);
        list.release(20, 2);
        list.release(30, 2);
        list.release(40, 200);
        assertThat(list.allocate(2)).isEqualTo(20);
        assertThat(list.allocate(1)).isEqualTo(30);
        assertThat(list.allocate(3)).isEqualTo(10);
        assertThat(list.allocate(100)).isEqualTo(40);
        assertThat(runs(list)).containsExactly(new Run(13, 1), new Run(31, 1), new Run(140, 100));
        assertThat(list.freePages()).isEqualTo(102);
    }

    @Test
    void releasedNeighboursBecomeOneRun() {
        FreeList list = new FreeList(1000);
        list.release(0, 60);
        list.release(63, 500);
        list.release(60, 3);
        assertThat(runs(list)).containsExactly(new Run(0, 563));
        list.release(563, 437);
        assertThat(list.cutTail()).isZero();
        assertThat(list.freePages()).isZero();
    }

    @Test
    void aTailIsCutOffOnlyWhenItIsFree() {
        FreeList list = new FreeList(100);
        list.release(90, 9);
        assertThat(list.cutTail()).isEqualTo(100);
        list.release(99, 1);
        assertThat(list.cutTail()).isEqualTo(90);
        list.extend(95);
        assertThat(list.allocate(1)).isEqualTo(FreeList.NONE);
        list.release(94, 1);
        assertThat(runs(list)).containsExactly(new Run(94, 1));
    }

    @Test
    void movingDownTakesTheLowestAndNothingAboveTheLimit() {
        FreeList list = new FreeList(1000);
        list.release(500, 1);
        list.release(10, 3);
        assertThat(list.allocateBelow(1, 400)).isEqualTo(10);
        assertThat(list.allocateBelow(2, 400)).isEqualTo(11);
        assertThat(list.allocateBelow(1, 400)).isEqualTo(FreeList.NONE);
        assertThat(list.allocateBelow(1, 501)).isEqualTo(500);
    }

    @Test
    void whatIsWrongIsRefused() {
        FreeList list = new FreeList(100);
        list.release(10, 5);
        assertThatThrownBy(() -> list.release(10, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining(
                "pages 10 to 10");
        assertThatThrownBy(() -> list.release(8, 3)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> list.release(99, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.release(-1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.extend(99)).isInstanceOf(IllegalArgumentException.class);
        assertThat(runs(list)).containsExactly(new Run(10, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 70, 140, 500})
    void itDoesWhatASetOfBitsDoes(int longest) {
        long seed = Long.getLong("myriad.seed", System.nanoTime());
        Random random = new Random(seed);
        FreeList list = new FreeList(0);
        BitSet free = new BitSet();
        List<Run> used = new ArrayList<>();
        try {
            for (int step = 0; step < STEPS; step++) {
                boolean growing = step / (STEPS / 6) % 2 == 0;
                if (random.nextInt(100) < (growing ? 60 : 35)) {
                    allocate(list, free, used, 1 + random.nextInt(longest), random);
                } else if (!used.isEmpty()) {
                    release(list, free, used, random);
                }
                if (random.nextInt(500) == 0) {
                    int last = free.previousClearBit(list.pages() - 1);
                    free.clear(last + 1, list.pages());
                    assertThat(list.cutTail()).isEqualTo(last + 1);
                }
                if (list.pages() < 1000 || step % 100 == 0) {
                    check(list, free);
                }
            }
            for (Run run : used) {
                list.release(run.start, run.length);
            }
            assertThat(list.cutTail()).isZero();
            assertThat(list.runs()).isZero();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private static void allocate(FreeList list, BitSet free, List<Run> used, int length, Random random) {
        int limit = list.pages() / 2;
        boolean low = random.nextInt(10) == 0;
        int start = low ? list.allocateBelow(length, limit) : list.allocate(length);
        if (start == FreeList.NONE) {
            if (!low) {
                assertThat(shortestFit(free, length)).isNull();
                start = list.pages();
                list.extend(start + length);
                used.add(new Run(start, length));
            }
            return;
        }
        if (low) {
            assertThat(start).isLessThan(limit);
        } else {
            assertThat(start).isEqualTo(shortestFit(free, length).start);
        }
        assertThat(free.nextClearBit(start)).isGreaterThanOrEqualTo(start + length);
        free.clear(start, start + length);
        used.add(new Run(start, length));
    }

    /** Gives back a run as it was allocated, or the first part of one. */
    private static void release(FreeList list, BitSet free, List<Run> used, Random random) {
        int at = random.nextInt(used.size());
        Run run = used.get(at);
        int length = random.nextInt(4) == 0 ? 1 + random.nextInt(run.length) : run.length;
        if (length == run.length) {
            used.set(at, used.getLast());
            used.removeLast();
        } else {
            used.set(at, new Run(run.start + length, run.length - length));
        }
        list.release(run.start, length);
        free.set(run.start, run.start + length);
    }

    private static Run shortestFit(BitSet free, int length) {
        Run best = null;
        for (int start = free.nextSetBit(0); start >= 0;) {
            int end = free.nextClearBit(start);
            if (end - start >= length && (best == null || end - start < best.length)) {
                best = new Run(start, end - start);
            }
            start = free.nextSetBit(end);
        }
        return best;
    }

    private static void check(FreeList list, BitSet free) {
        List<Run> expected = new ArrayList<>();
        for (int start = free.nextSetBit(0); start >= 0; start = free.nextSetBit(free.nextClearBit(start))) {
            expected.add(new Run(start, free.nextClearBit(start) - start));
        }
        list.checkInvariants();
        assertThat(runs(list)).isEqualTo(expected);
        assertThat(list.runs()).isEqualTo(expected.size());
        assertThat(list.freePages()).isEqualTo(free.cardinality());
    }

    private static List<Run> runs(FreeList list) {
        List<Run> runs = new ArrayList<>();
        list.forEach((start, length) -> runs.add(new Run(start, length)));
        return runs;
    }
}
