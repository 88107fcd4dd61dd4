package io.myriad.store.mvcc;

/**
 * How much of a store may be in memory.
 *
 * @param valueBytes what the values may take
 * @param storeBytes what values and index together may take; the index always is in memory, values get what it leaves
 */
public record ValueBudget(long valueBytes, long storeBytes) {

    private static final int RESULTS_IN_STORE = 4;
    private static final long MIN_RESULT_BYTES = 16 << 20;

    /** Everything. */
    public static final ValueBudget UNLIMITED = new ValueBudget(Long.MAX_VALUE, Long.MAX_VALUE);

    /** What may be read for one result at once, though it is not kept then; a value at least. */
    public long resultBytes() {
        return Math.max(storeBytes / RESULTS_IN_STORE, MIN_RESULT_BYTES);
    }

    /** What values may take beside an index. */
    long besideIndex(long indexBytes) {
        return Math.min(valueBytes, Math.max(0, storeBytes - indexBytes));
    }
}
