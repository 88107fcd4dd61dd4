package io.myriad.store.page;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Runs of pages that no newer state of the file uses, but that readers of an older state may still look at; they wait here until the last such reader has gone.
 *
 * <p>A run that transaction t gave up belongs to states before t. So it is free as soon as every reader reads t or a later state. Transactions ascend, which makes this a queue: each
 * run is put in once and taken out once. One thread.
 */
final class PinnedRuns {

    /** What one transaction gave up. */
    private record Batch(long transaction, int[] runs, int pages) {}

    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private int[] collecting = new int[64];
    private int length;
    private int collectedPages;
    private long pages;

    /** Pages that wait. Those of the transaction that has not ended count. */
    long pages() {
        return pages + collectedPages;
    }

    /** The running transaction gives up a run. */
    void add(int start, int runLength) {
        if (length == collecting.length) {
            collecting = Arrays.copyOf(collecting, length * 2);
        }
        collecting[length++] = start;
        collecting[length++] = runLength;
        collectedPages += runLength;
    }

    /** The transaction is in the file: what it gave up waits for its readers. */
    void commit(long transaction) {
        Batch last = batches.peekLast();
        if (last != null && last.transaction >= transaction) {
            throw new IllegalStateException("transaction " + transaction + " after " + last.transaction);
        }
        if (length > 0) {
            batches.add(new Batch(transaction, Arrays.copyOf(collecting, length), collectedPages));
            pages += collectedPages;
        }
        length = 0;
        collectedPages = 0;
    }

    /** The running transaction will not happen: hands over what it had given up, which stays in use. */
    void rollback(FreeList.RunConsumer consumer) {
        for (int i = 0; i < length; i += 2) {
            consumer.accept(collecting[i], collecting[i + 1]);
        }
        length = 0;
        collectedPages = 0;
    }

    /** Hands over the runs that nobody needs when the oldest state in use is that of a transaction. */
    void release(long oldestInUse, FreeList.RunConsumer consumer) {
        for (Batch batch; (batch = batches.peek()) != null && batch.transaction <= oldestInUse;) {
            batches.remove();
            pages -= batch.pages;
            for (int i = 0; i < batch.runs.length; i += 2) {
                consumer.accept(batch.runs[i], batch.runs[i + 1]);
            }
        }
    }
}
