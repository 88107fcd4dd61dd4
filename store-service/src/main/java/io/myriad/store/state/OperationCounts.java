package io.myriad.store.state;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many operations on keys this member has seen, those within transactions included. Any thread.
 *
 * @param puts
 *            keys written
 * @param deletes
 *            ranges deleted
 * @param ranges
 *            ranges read
 * @param transactions
 *            transactions of more than one operation, which alone etcd counts as such
 */
public record OperationCounts(LongAdder puts, LongAdder deletes, LongAdder ranges, LongAdder transactions) {
    OperationCounts() {
        this(new LongAdder(), new LongAdder(), new LongAdder(), new LongAdder());
    }
}
