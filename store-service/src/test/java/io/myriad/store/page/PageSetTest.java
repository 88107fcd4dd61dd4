package io.myriad.store.page;

import java.util.Random;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class PageSetTest {

    @Test
    void itDoesWhatATreeSetDoes() {
        long seed = Long.getLong("myriad.seed", System.nanoTime());
        Random random = new Random(seed);
        PageSet set = new PageSet();
        TreeSet<Integer> model = new TreeSet<>();
        for (int step = 0; step < 200_000; step++) {
            // Pages in clusters far apart, so that blocks come and go.
            int page = random.nextInt(8) * 90_000_000 + random.nextInt(1 + step % 9000);
            if (model.add(page)) {
                set.add(page);
            } else {
                model.remove(page);
                set.remove(page);
            }
            if (random.nextInt(3) == 0 && !model.isEmpty()) {
                int first = model.removeFirst();
                assertThat(set.first()).as("seed %s", seed).isEqualTo(first);
                set.remove(first);
            }
            assertThat(set.size()).isEqualTo(model.size());
            assertThat(set.contains(page)).isEqualTo(model.contains(page));
        }
        while (!model.isEmpty()) {
            assertThat(set.first()).as("seed %s", seed).isEqualTo(model.first());
            set.remove(model.removeFirst());
        }
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void theHighestPageHasItsPlace() {
        PageSet set = new PageSet();
        set.add(Integer.MAX_VALUE);
        assertThat(set.first()).isEqualTo(Integer.MAX_VALUE);
        set.add(0);
        assertThat(set.first()).isZero();
        set.remove(0);
        assertThat(set.first()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void addingTwiceAndRemovingWhatIsNotThereIsRefused() {
        PageSet set = new PageSet();
        set.add(7);
        assertThatThrownBy(() -> set.add(7)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> set.remove(8)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> set.remove(1_000_000)).isInstanceOf(IllegalStateException.class);
        set.remove(7);
        assertThatThrownBy(set::first).isInstanceOf(IllegalStateException.class);
    }
}
