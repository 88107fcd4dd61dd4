package io.myriad.store.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Taking, giving up and waiting for readers, beside a table that says for each page who has it. */
final class PageSpaceTest {

    private record Run(int start, int length) {}

    private final Random random;
    private final long seed = Long.getLong("myriad.seed", System.nanoTime());
    private final PageSpace space;
    private final List<Run> used = new ArrayList<>();
    /** Pages that the state after each transaction uses, of states that are read. */
    private final TreeMap<Long, Map<Integer, Integer>> read = new TreeMap<>();
    private long transaction;

    PageSpaceTest() {
        random = new Random(seed);
        PageMap map = new PageMap();
        map.resize(2);
        map.use(0, 2);
        space = new PageSpace(map);
    }

    @Test
    void noPageThatAStateStillNeedsIsTaken() {
        try {
            for (int step = 0; step < 2_000; step++) {
                List<Run> before = List.copyOf(used);
                for (int change = random.nextInt(12); change > 0; change--) {
                    change(step % 400 < 200);
                    space.checkInvariants();
                }
                if (random.nextInt(4) == 0) {
                    space.rollback();
                    used.clear();
                    used.addAll(before);
                } else {
                    space.commit(++transaction);
                    if (random.nextInt(5) == 0) {
                        read.put(transaction, owners());
                    }
                }
                space.checkInvariants();
                if (random.nextInt(3) == 0 && !read.isEmpty()) {
                    read.remove(new ArrayList<>(read.keySet()).get(random.nextInt(read.size())));
                }
                space.release(read.isEmpty() ? transaction : read.firstKey());
                space.checkInvariants();
                assertThat(space.map().usedPages()).isEqualTo(2 + used.stream().mapToInt(Run::length).sum());
            }
            space.release(transaction);
            assertThat(space.pinnedPages()).isZero();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    private void change(boolean growing) {
        if (used.isEmpty() || random.nextInt(100) < (growing ? 60 : 40)) {
            int length = random.nextInt(10) == 0 ? 1 + random.nextInt(100) : 1 + random.nextInt(3);
            int start = space.take(length);
            assertThat(space.isFresh(start)).isTrue();
            for (Map<Integer, Integer> state : read.values()) {
                for (int page = start; page < start + length; page++) {
                    assertThat(state).doesNotContainKey(page);
                }
            }
            used.add(new Run(start, length));
        } else {
            Run run = used.remove(random.nextInt(used.size()));
            space.giveUp(run.start, run.length);
        }
    }

    private Map<Integer, Integer> owners() {
        Map<Integer, Integer> owners = new HashMap<>();
        for (Run run : used) {
            for (int page = run.start; page < run.start + run.length; page++) {
                owners.put(page, run.start);
            }
        }
        return owners;
    }
}
