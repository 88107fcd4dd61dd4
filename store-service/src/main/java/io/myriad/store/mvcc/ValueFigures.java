package io.myriad.store.mvcc;

import java.util.concurrent.atomic.AtomicLong;

/** What a member did with values that memory has no room for, since its start. Any thread. */
public final class ValueFigures {

    private final AtomicLong read = new AtomicLong();
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong evicted = new AtomicLong();

    void read(int values) {
        read.addAndGet(values);
    }

    void admitted() {
        admitted.incrementAndGet();
    }

    void evicted() {
        evicted.incrementAndGet();
    }

    /** Values that were read from where they lie because they were not in memory. */
    public long valuesRead() {
        return read.get();
    }

    /** Values that came back to memory. */
    public long valuesAdmitted() {
        return admitted.get();
    }

    /** Values that memory let go. */
    public long valuesEvicted() {
        return evicted.get();
    }
}
