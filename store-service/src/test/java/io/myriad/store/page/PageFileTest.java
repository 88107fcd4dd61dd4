package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class PageFileTest {

    private static final byte[] ALL = {};

    @TempDir
    private Path directory;

    private Path path() {
        return directory.resolve("state.pages");
    }

    private static void fill(PageFile file, Entries entries, int from, int to, int valueBytes, long index)
            throws IOException {
        try (PageTransaction transaction = file.begin()) {
            for (int number = from; number < to; number++) {
                byte[] value = new byte[valueBytes];
                value[0] = (byte) number;
                transaction.put(Entries.key(number), value);
                entries.map.put(Entries.key(number), value);
            }
            transaction.commit(index, 1);
        }
    }

    @Test
    void whatWasCommittedIsThereAfterOpeningAgain() throws IOException {
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(path())) {
            fill(file, entries, 0, 5000, 100, 42);
            fill(file, entries, 7000, 7100, 20_000, 43);
            try (PageTransaction transaction = file.begin()) {
                transaction.put(Entries.key(1), new byte[1]);
                transaction.deleteRange(Entries.key(3), null);
            }
            file.checkInvariants();
        }
        try (PageFile file = PageFile.open(path()); PageReader reader = file.read()) {
            assertThat(reader.appliedIndex()).isEqualTo(43);
            assertThat(reader.appliedTerm()).isEqualTo(1);
            entries.requireSame(reader);
            entries.requireSame(reader, Entries.key(100), Entries.key(200));
            entries.requireSame(reader, Entries.key(6000), Entries.key(7001));
            Entries.requireSame(entries.map.get(Entries.key(7050)), reader.get(Entries.key(7050)));
            assertThat(reader.get(Entries.key(6000))).isNull();
            file.checkInvariants();
        }
        assertThat(directory.toFile().list()).containsExactly("state.pages");
    }

    @Test
    void aReaderSeesItsStateWhateverHappens() throws IOException {
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(path())) {
            fill(file, entries, 0, 3000, 200, 1);
            Entries then = new Entries(entries);
            PageReader reader = file.read();
            for (int round = 0; round < 5; round++) {
                fill(file, entries, 0, 3000, 100 + round, 2);
                then.requireSame(reader);
                file.checkInvariants();
            }
            assertThat(file.pinnedBytes()).isGreaterThan(file.usedBytes());
            reader.close();
            assertThatThrownBy(() -> reader.get(ALL)).isInstanceOf(IllegalStateException.class);
            long before = file.fileBytes();
            fill(file, entries, 0, 3000, 100, 3);
            assertThat(file.fileBytes()).isLessThanOrEqualTo(before);
            assertThat(file.pinnedBytes()).isZero();
        }
    }

    @Test
    void everythingDeletedIsASmallFileAgain() throws IOException {
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(path())) {
            fill(file, entries, 0, 20_000, 300, 1);
            fill(file, entries, 20_000, 20_100, 50_000, 2);
            try (PageTransaction transaction = file.begin()) {
                transaction.deleteRange(ALL, null);
                transaction.commit(3, 1);
            }
            assertThat(file.usedBytes()).isLessThanOrEqualTo(4 * Pages.PAGE_BYTES);
            while (file.moveTail(100) > 0) {}
            fill(file, new Entries(), 0, 1, 1, 4);
            while (file.moveTail(100) > 0) {}
            assertThat(file.fileBytes()).isLessThan(64 * Pages.PAGE_BYTES);
            assertThat(Files.size(path())).isEqualTo(file.fileBytes());
            file.checkInvariants();
        }
    }

    @Test
    void aCompactedRangeIsDeletedWithoutReadingIt() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(new byte[0]);
        PageFile.format(disk);
        CountingDisk counting = new CountingDisk(disk);
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(counting, PageTransaction.SPILL_BYTES)) {
            fill(file, entries, 0, 100_000, 100, 1);
            long before = counting.reads;
            long used = file.usedBytes();
            try (PageTransaction transaction = file.begin()) {
                transaction.deleteRange(Entries.key(5), Entries.key(99_990));
                entries.map.subMap(Entries.key(5), true, Entries.key(99_990), false).clear();
                transaction.commit(2, 1);
            }
            assertThat(counting.reads - before).isLessThan(100);
            assertThat(file.usedBytes()).isLessThan(used / 100);
            file.checkInvariants();
            try (PageReader reader = file.read()) {
                entries.requireSame(reader);
            }
        }
    }

    @Test
    void ascendingKeysFillTheirPages() throws IOException {
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(path())) {
            for (int round = 0; round < 50; round++) {
                fill(file, entries, round * 200, round * 200 + 200, 180, round);
            }
            assertThat(file.usedBytes()).isLessThan(10_000 * 200 * 11 / 10);
        }
    }

    @Test
    void limitsAreKept() throws IOException {
        try (PageFile file = PageFile.open(path()); PageTransaction transaction = file.begin()) {
            assertThatThrownBy(() -> transaction.put(new byte[PageTransaction.MAX_KEY_BYTES + 1], ALL))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(file::begin).isInstanceOf(IllegalStateException.class);
            transaction.put(ALL, ALL);
            transaction.commit(1, 1);
            assertThatThrownBy(() -> transaction.put(ALL, ALL)).isInstanceOf(IllegalStateException.class);
        }
    }

    /** Changes, readers that stay open, rollbacks, moves, opening again; small transactions and ones that are written before they end. */
    @ParameterizedTest
    @ValueSource(longs = {PageTransaction.SPILL_BYTES, 20_000})
    void itHoldsWhatATreeMapHolds(long spillBytes) throws IOException {
        long seed = Long.getLong("myriad.seed", System.nanoTime());
        Random random = new Random(seed);
        SimulatedDisk disk = new SimulatedDisk(new byte[0]);
        PageFile.format(disk);
        PageFile file = PageFile.open(disk, spillBytes);
        Entries entries = new Entries();
        Deque<PageReader> readers = new ArrayDeque<>();
        Deque<Entries> read = new ArrayDeque<>();
        try {
            for (int step = 0; step < 300; step++) {
                Entries before = new Entries(entries);
                try (PageTransaction transaction = file.begin()) {
                    for (int change = random.nextInt(step % 10 == 0 ? 2000 : 60); change >= 0; change--) {
                        entries.change(transaction, random, 3000, 12_000);
                    }
                    if (random.nextInt(5) == 0) {
                        entries = before;
                    } else {
                        transaction.commit(step, 7);
                    }
                }
                file.checkInvariants();
                if (random.nextInt(4) == 0) {
                    readers.add(file.read());
                    read.add(new Entries(entries));
                }
                if (random.nextInt(4) == 0) {
                    file.moveTail(1 + random.nextInt(50));
                    file.checkInvariants();
                }
                if (!readers.isEmpty() && random.nextInt(4) == 0) {
                    read.remove().requireSame(readers.peek());
                    readers.remove().close();
                }
                if (random.nextInt(20) == 0) {
                    readers.clear();
                    read.clear();
                    file = PageFile.open(disk, spillBytes);
                    file.checkInvariants();
                }
                try (PageReader reader = file.read()) {
                    entries.requireSame(reader);
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void movingTheTailMakesTheFileAsLongAsWhatItHolds() throws IOException {
        Random random = new Random(5);
        Entries entries = new Entries();
        try (PageFile file = PageFile.open(path())) {
            fill(file, entries, 0, 20_000, 150, 1);
            fill(file, entries, 20_000, 21_000, 9_000, 2);
            for (int round = 0; round < 10; round++) {
                try (PageTransaction transaction = file.begin()) {
                    for (int n = 0; n < 1500; n++) {
                        byte[] key = Entries.key(random.nextInt(21_000));
                        transaction.delete(key);
                        entries.map.remove(key);
                    }
                    transaction.commit(3, 1);
                }
            }
            assertThat(file.usedBytes()).isLessThan(file.fileBytes() * 3 / 4);
            try (PageReader reader = file.read()) {
                file.moveTail(50);
                entries.requireSame(reader);
            }
            int steps = 0;
            for (int moved; (moved = file.moveTail(50)) > 0; steps++) {
                assertThat(moved).isLessThanOrEqualTo(50);
            }
            assertThat(steps).isGreaterThan(5);
            assertThat(file.fileBytes()).isLessThan(file.usedBytes() + file.usedBytes() / 20);
            assertThat(Files.size(path())).isEqualTo(file.fileBytes());
            file.checkInvariants();
        }
        try (PageFile file = PageFile.open(path()); PageReader reader = file.read()) {
            entries.requireSame(reader);
            assertThat(reader.appliedIndex()).isEqualTo(3);
        }
    }

    @Test
    void aFileThatIsNoneOrOfAnotherFormatIsRefused() throws IOException {
        Files.write(path(), new byte[100]);
        assertThatThrownBy(() -> PageFile.open(path())).isInstanceOf(DamagedPageException.class)
                .hasMessageContaining(path().toString()).hasMessageContaining("page 0");
        Files.delete(path());
        PageFile.open(path()).close();
        try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(4).putInt(0, 9), 8);
        }
        assertThatThrownBy(() -> PageFile.open(path())).hasMessageContaining("format 9");
    }

    /** Counts reads. */
    private static final class CountingDisk implements PageDisk {
        private final PageDisk disk;
        private long reads;

        CountingDisk(PageDisk disk) {
            this.disk = disk;
        }

        @Override
        public String name() {
            return disk.name();
        }

        @Override
        public long size() throws IOException {
            return disk.size();
        }

        @Override
        public void read(ByteBuffer target, long offset) throws IOException {
            reads++;
            disk.read(target, offset);
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            disk.write(source, offset);
        }

        @Override
        public void truncate(long size) throws IOException {
            disk.truncate(size);
        }

        @Override
        public void force() throws IOException {
            disk.force();
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }
}
