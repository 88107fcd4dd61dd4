package io.myriad.store.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is left of a page file when the machine stops between any two writes, with what was not forced on the disk in part, or when the disk fails. */
final class PageFileCrashTest {

    private static final int SEEDS = Integer.getInteger("myriad.seeds", 200);
    private static final long SMALL_SPILL_BYTES = 30_000;

    /** A state that was committed: what it holds, and how many operations the disk had done before its commit began and after it had returned. */
    private record Committed(Entries entries, int began, int returned) {}

    private final long firstSeed = Long.getLong("myriad.seed", System.nanoTime());
    private SimulatedDisk disk;
    private final List<Committed> committed = new ArrayList<>();

    @Test
    void aCrashLeavesTheStateBeforeOrTheNewOne() throws IOException {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            try {
                Random random = new Random(seed);
                run(random, seed % 2 == 0 ? PageTransaction.SPILL_BYTES : SMALL_SPILL_BYTES);
                replay(random);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** Transactions, moves and readers. The applied index counts commits. */
    private void run(Random random, long spillBytes) throws IOException {
        SimulatedDisk empty = new SimulatedDisk(new byte[0]);
        PageFile.format(empty);
        disk = new SimulatedDisk(empty.content());
        committed.clear();
        committed.add(new Committed(new Entries(), 0, 0));
        PageFile file = PageFile.open(disk, spillBytes);
        Entries entries = new Entries();
        PageReader reader = null;
        for (int step = 1; step <= 8; step++) {
            int began = disk.operations().size();
            try (PageTransaction transaction = file.begin()) {
                for (int change = random.nextInt(step == 1 ? 400 : 60); change >= 0; change--) {
                    entries.change(transaction, random, 300, 9_000);
                }
                transaction.commit(step, 3);
            }
            committed.add(new Committed(new Entries(entries), began, disk.operations().size()));
            if (random.nextInt(3) == 0) {
                // Its state is the one that was committed: a crash within leaves that, wherever it lies.
                file.moveTail(1 + random.nextInt(20));
            }
            if (reader != null && random.nextBoolean()) {
                reader.close();
                reader = null;
            }
            if (reader == null && random.nextInt(3) == 0) {
                reader = file.read();
            }
        }
    }

    private void replay(Random random) throws IOException {
        SimulatedDisk.Replay replay = disk.new Replay();
        check(replay.withoutPending(), replay.position(), random);
        while (replay.hasNext()) {
            replay.step();
            check(replay.withoutPending(), replay.position(), random);
            check(replay.withSome(random), replay.position(), random);
            if (random.nextInt(4) == 0) {
                check(replay.withPending(), replay.position(), random);
            }
        }
        try (PageFile file = PageFile.open(replay.withoutPending(), SMALL_SPILL_BYTES)) {
            assertThat(file.read().appliedIndex()).isEqualTo(committed.size() - 1);
        }
    }

    private void check(SimulatedDisk left, int position, Random random) throws IOException {
        int oldest = 0;
        int newest = 0;
        for (int i = 0; i < committed.size(); i++) {
            oldest = committed.get(i).returned <= position ? i : oldest;
            newest = committed.get(i).began < position ? i : newest;
        }
        try (PageFile file = PageFile.open(left, SMALL_SPILL_BYTES); PageReader reader = file.read()) {
            int index = (int) reader.appliedIndex();
            assertThat(index).as("state after %s operations", position).isBetween(oldest, Math.max(oldest, newest));
            committed.get(index).entries.requireSame(reader);
            file.checkInvariants();
            if (random.nextInt(8) == 0) {
                goOn(file, new Entries(committed.get(index).entries), random);
            }
        }
    }

    /** A file that was left by a crash works as any other. */
    private static void goOn(PageFile file, Entries entries, Random random) throws IOException {
        for (int round = 0; round < 2; round++) {
            try (PageTransaction transaction = file.begin()) {
                for (int change = 0; change < 20; change++) {
                    entries.change(transaction, random, 300, 9_000);
                }
                transaction.commit(100 + round, 4);
            }
            file.moveTail(5);
            file.checkInvariants();
            try (PageReader reader = file.read()) {
                entries.requireSame(reader);
            }
        }
    }

    @Test
    void afterAFailedWriteNothingIsWrittenAndReadersGoOn() throws IOException {
        for (long seed = firstSeed; seed < firstSeed + SEEDS / 3; seed++) {
            try {
                Random random = new Random(seed);
                run(random, SMALL_SPILL_BYTES);
                fail(random);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void fail(Random random) throws IOException {
        PageFile file = PageFile.open(disk, SMALL_SPILL_BYTES);
        Entries before = committed.getLast().entries;
        Entries entries = new Entries(before);
        disk.failAt(disk.operations().size() + random.nextInt(6));
        boolean done = false;
        try (PageReader reader = file.read()) {
            try (PageTransaction transaction = file.begin()) {
                for (int change = 0; change < 100; change++) {
                    entries.change(transaction, random, 300, 9_000);
                }
                transaction.commit(100, 4);
                done = true;
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("simulated");
            }
            before.requireSame(reader);
        }
        disk.failAt(Integer.MAX_VALUE);
        try (PageFile opened = PageFile.open(new SimulatedDisk(disk.content()), SMALL_SPILL_BYTES);
                PageReader reader = opened.read()) {
            boolean isNew = reader.appliedIndex() == 100;
            assertThat(isNew || !done).isTrue();
            (isNew ? entries : before).requireSame(reader);
            opened.checkInvariants();
        }
    }

    /** The state that is found may be in the system's memory only: a crash must not find the one before it overwritten. */
    @Test
    void aStateThatCouldNotBeForcedIsForcedBeforeTheNext() throws IOException {
        for (long seed = firstSeed; seed < firstSeed + SEEDS / 10; seed++) {
            try {
                Random random = new Random(seed);
                run(random, SMALL_SPILL_BYTES);
                for (int round = 0; round < 3; round++) {
                    disk.failAt(disk.operations().size() + 2 + random.nextInt(30));
                    try (PageFile file = PageFile.open(disk, SMALL_SPILL_BYTES);
                            PageTransaction transaction = file.begin()) {
                        for (int change = 0; change < 20; change++) {
                            transaction.put(new byte[]{(byte) change}, new byte[random.nextInt(9_000)]);
                        }
                        transaction.commit(100 + round, 4);
                    } catch (IOException e) {
                        assertThat(e).hasMessageContaining("simulated");
                    }
                }
                SimulatedDisk.Replay replay = disk.new Replay();
                while (replay.hasNext()) {
                    replay.step();
                    try (PageFile left = PageFile.open(replay.withSome(random), SMALL_SPILL_BYTES)) {
                        left.checkInvariants();
                    }
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void aDamagedPageIsFoundAndNamed() throws IOException {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            try {
                Random random = new Random(seed);
                if (seed % 20 == 0 || disk == null) {
                    run(random, SMALL_SPILL_BYTES);
                }
                damage(random);
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** Whatever is damaged: what is read is what was written, or an error says which page is not. */
    private void damage(Random random) throws IOException {
        SimulatedDisk damaged = new SimulatedDisk(disk.content());
        int from = random.nextInt(damaged.content().length);
        int length = random.nextInt(3) == 0 ? Math.min(512, damaged.content().length - from) : 1;
        for (int at = from; at < from + length; at++) {
            damaged.flip(at, 1 << random.nextInt(8));
        }
        try (PageFile file = PageFile.open(damaged, SMALL_SPILL_BYTES); PageReader reader = file.read()) {
            Entries expected = committed.get((int) reader.appliedIndex()).entries;
            for (var entry : expected.map.entrySet()) {
                try {
                    Entries.requireSame(entry.getValue(), reader.get(entry.getKey()));
                } catch (DamagedPageException e) {
                    requireNamed(e, from, length, damaged);
                }
            }
            file.checkInvariants();
        } catch (DamagedPageException e) {
            requireNamed(e, from, length, damaged);
        }
    }

    private static void requireNamed(DamagedPageException e, int from, int length, SimulatedDisk damaged) {
        assertThat(e).hasMessageContaining("simulated").hasMessageContaining("page " + e.page());
        // The run begins before or at the damage, and the damage within it: runs are short here. Meta pages: the state before may be gone in part.
        boolean meta = from < MetaPage.PAGES * Pages.PAGE_BYTES;
        int first = from / Pages.PAGE_BYTES;
        int last = (from + length - 1) / Pages.PAGE_BYTES;
        assertThat(meta || e.page() <= last && e.page() >= first - 3)
                .as("page %s named, %s to %s damaged", e.page(), first, last).isTrue();
    }
}
