package io.myriad.benchmarks.pages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import io.myriad.store.page.PageFile;
import io.myriad.store.page.PageReader;
import io.myriad.store.page.PageTransaction;

/** A page file with as many entries as a large store has versions: writing it whole, by difference, reading it, and making it shorter. On the disk that the temporary directory is on. */
public final class PageCheckpoint {

    private static final int ENTRIES = 500_000;
    private static final int VALUE_BYTES = 1000;
    private static final int CHANGES = 10_000;

    private PageCheckpoint() {}

    private static byte[] key(long revision) {
        return ByteBuffer.allocate(13).put((byte) 4).putLong(revision).array();
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("page-checkpoint");
        Path path = directory.resolve("state.pages");
        try (PageFile file = PageFile.open(path)) {
            Random random = new Random(1);
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            long begin = System.nanoTime();
            try (PageTransaction transaction = file.begin()) {
                for (int revision = 0; revision < ENTRIES; revision++) {
                    transaction.put(key(revision), value);
                }
                transaction.commit(1, 1);
            }
            report("the whole state written", begin, file);
            for (int round = 1; round <= 3; round++) {
                begin = System.nanoTime();
                try (PageTransaction transaction = file.begin()) {
                    for (int change = 0; change < CHANGES; change++) {
                        transaction.delete(key(random.nextInt(ENTRIES)));
                        transaction.put(key(ENTRIES + (long) round * CHANGES + change), value);
                    }
                    transaction.commit(1 + round, 1);
                }
                report(CHANGES + " new entries, as many old ones removed", begin, file);
            }
            begin = System.nanoTime();
            long[] found = {0};
            try (PageReader reader = file.read()) {
                reader.visit(new byte[0], null, (key, read) -> {
                    found[0]++;
                    return true;
                });
            }
            report(found[0] + " entries read in order", begin, file);
            try (PageTransaction transaction = file.begin()) {
                for (int revision = 0; revision < ENTRIES; revision++) {
                    if (revision % 8 != 0) {
                        transaction.delete(key(revision));
                    }
                }
                transaction.commit(5, 1);
            }
            report("seven of eight removed", System.nanoTime(), file);
            begin = System.nanoTime();
            int steps = 0;
            int moved = 0;
            for (int pages; (pages = file.moveTail(128)) > 0; steps++) {
                moved += pages;
            }
            report(moved + " pages moved in " + steps + " steps", begin, file);
        } finally {
            Files.deleteIfExists(path);
            Files.delete(directory);
        }
    }

    private static void report(String what, long begin, PageFile file) {
        System.out.printf("%-55s %8.0f ms, file %5d MB, %5d MB in use%n", what, (System.nanoTime() - begin) / 1e6,
                file.fileBytes() >> 20, file.usedBytes() >> 20);
    }
}
