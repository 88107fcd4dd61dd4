package io.myriad.store.page;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class PageMapTest {

    private final PageMap map = new PageMap();

    @Test
    void runsAreKnownByTheirFirstPage() {
        map.resize(300);
        map.use(0, 2);
        map.use(2, 1);
        map.use(60, 70);
        map.use(130, 1);
        map.use(299, 1);
        assertThat(map.runLength(0)).isEqualTo(2);
        assertThat(map.runLength(1)).isZero();
        assertThat(map.runLength(60)).isEqualTo(70);
        assertThat(map.usedPages()).isEqualTo(75);
        assertThat(map.lastRun(300)).isEqualTo(299);
        assertThat(map.lastRun(299)).isEqualTo(130);
        assertThat(map.lastRun(130)).isEqualTo(60);
        assertThat(map.lastRun(60)).isEqualTo(2);
        assertThat(map.lastRun(2)).isZero();
        assertThat(map.lastRun(0)).isEqualTo(-1);
        assertThat(free(map)).containsExactly("3+57", "131+168");
    }

    @Test
    void whatIsTakenTwiceOrGivenUpWronglyIsRefused() {
        map.resize(100);
        map.use(10, 3);
        assertThatThrownBy(() -> map.use(12, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("12");
        assertThatThrownBy(() -> map.free(10, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> map.free(11, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> map.resize(12)).isInstanceOf(IllegalStateException.class);
        map.free(10, 3);
        assertThatThrownBy(() -> map.free(10, 3)).isInstanceOf(IllegalStateException.class);
        map.resize(0);
        assertThat(free(map)).isEmpty();
    }

    @Test
    void aSavedChunkIsTheSameWhenRead() {
        int pages = PageMap.CHUNK_PAGES * 2 + 10;
        map.resize(pages);
        map.use(0, 2);
        map.use(PageMap.CHUNK_PAGES - 3, 7);
        map.use(pages - 1, 1);
        assertThat(map.chunks()).isEqualTo(3);
        assertThat(map.changed().cardinality()).isEqualTo(3);
        PageMap read = new PageMap();
        read.resize(pages);
        for (int chunk = 0; chunk < 3; chunk++) {
            ByteBuffer saved = ByteBuffer.allocate(PageMap.CHUNK_BYTES);
            map.save(chunk, saved);
            read.load(chunk, saved.flip());
        }
        assertThat(free(read)).isEqualTo(free(map));
        assertThat(read.usedPages()).isEqualTo(10);
        assertThat(read.runLength(PageMap.CHUNK_PAGES - 3)).isEqualTo(7);
    }

    private static List<String> free(PageMap map) {
        List<String> runs = new ArrayList<>();
        map.forEachFree((start, length) -> runs.add(start + "+" + length));
        return runs;
    }
}
