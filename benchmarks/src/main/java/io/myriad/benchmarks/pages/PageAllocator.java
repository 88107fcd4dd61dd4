package io.myriad.benchmarks.pages;

import java.util.Arrays;
import java.util.Random;

import io.myriad.store.page.FreeList;

/**
 * What it costs to take a run of pages and give one up, in files of 2, 20 and 100 GB of which a third is free in holes of all lengths. The pages are not there, only the books about them.
 *
 * <p>Two loads: <em>recent</em> gives up a run at random of the last hundreds that were taken, as transactions do that write the same nodes again and again; <em>anywhere</em> gives
 * up any run of the file, and so meets memory that no cache holds.
 */
public final class PageAllocator {

    private static final int[] GIGABYTES = {2, 20, 100};
    private static final int[] LENGTHS = {1, 4, 64};
    private static final int PAGES_IN_A_GIGABYTE = 1 << 18;
    private static final int RECENT_RUNS = 512;
    private static final int PAIRS = 200_000;
    private static final int ROUNDS = 9;

    private PageAllocator() {}

    /** A fragmented file: its free list, and which runs of each length are in use. */
    private static final class File {
        private final FreeList free;
        private final int[][] used = new int[LENGTHS.length][1024];
        private final int[] count = new int[LENGTHS.length];
        private final Random random = new Random(1);

        File(int gigabytes) {
            int pages = gigabytes * PAGES_IN_A_GIGABYTE;
            free = new FreeList(pages);
            for (int start = 0; start < pages - 64;) {
                int at = random.nextInt(100);
                int kind = at < 70 ? 0 : at < 95 ? 1 : 2;
                if (random.nextInt(3) == 0) {
                    free.release(start, LENGTHS[kind]);
                } else {
                    use(kind, start);
                }
                start += LENGTHS[kind];
            }
        }

        private void use(int kind, int start) {
            if (count[kind] == used[kind].length) {
                used[kind] = Arrays.copyOf(used[kind], count[kind] * 2);
            }
            used[kind][count[kind]++] = start;
        }

        private int take(int length) {
            int start = free.allocate(length);
            if (start == FreeList.NONE) {
                throw new IllegalStateException("no " + length + " pages in a row are free");
            }
            return start;
        }

        /** Nanoseconds for taking a run and giving one up. */
        double recent(int length) {
            int[] runs = new int[RECENT_RUNS];
            for (int i = 0; i < runs.length; i++) {
                runs[i] = take(length);
            }
            long begin = System.nanoTime();
            for (int pair = 0; pair < PAIRS; pair++) {
                int at = random.nextInt(RECENT_RUNS);
                free.release(runs[at], length);
                runs[at] = take(length);
            }
            long nanos = System.nanoTime() - begin;
            for (int start : runs) {
                free.release(start, length);
            }
            return (double) nanos / PAIRS;
        }

        double anywhere(int kind) {
            int[] runs = used[kind];
            long begin = System.nanoTime();
            for (int pair = 0; pair < PAIRS; pair++) {
                int at = random.nextInt(count[kind]);
                free.release(runs[at], LENGTHS[kind]);
                runs[at] = take(LENGTHS[kind]);
            }
            return (double) (System.nanoTime() - begin) / PAIRS;
        }
    }

    public static void main(String[] arguments) {
        double[][][] nanos = new double[2][LENGTHS.length][GIGABYTES.length];
        new File(1).recent(1);
        for (int size = 0; size < GIGABYTES.length; size++) {
            File file = new File(GIGABYTES[size]);
            System.out.printf("%d GB: %,d free runs, %,d free pages%n", GIGABYTES[size], file.free.runs(),
                    file.free.freePages());
            double[][][] rounds = new double[2][LENGTHS.length][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                for (int kind = 0; kind < LENGTHS.length; kind++) {
                    rounds[0][kind][round] = file.recent(LENGTHS[kind]);
                    rounds[1][kind][round] = file.anywhere(kind);
                }
            }
            for (int load = 0; load < 2; load++) {
                for (int kind = 0; kind < LENGTHS.length; kind++) {
                    Arrays.sort(rounds[load][kind]);
                    nanos[load][kind][size] = rounds[load][kind][ROUNDS / 2];
                }
            }
        }
        System.out.println();
        System.out.println("nanoseconds for taking one run and giving one up, median of " + ROUNDS + " rounds");
        System.out.printf("%-10s %6s %8s %8s %8s %16s%n", "load", "pages", "2 GB", "20 GB", "100 GB", "100 GB / 2 GB");
        for (int load = 0; load < 2; load++) {
            for (int kind = 0; kind < LENGTHS.length; kind++) {
                double[] row = nanos[load][kind];
                System.out.printf("%-10s %6d %8.0f %8.0f %8.0f %16.2f%n", load == 0 ? "recent" : "anywhere",
                        LENGTHS[kind], row[0], row[1], row[2], row[2] / row[0]);
            }
        }
    }
}
