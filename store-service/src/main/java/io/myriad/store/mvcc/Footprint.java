package io.myriad.store.mvcc;

/**
 * What a store's versions take.
 *
 * @param versions how many there are, history included
 * @param keyValueBytes their key-values
 * @param valueBytes what of that memory would save if it let go of every value that it may
 */
public record Footprint(long versions, long keyValueBytes, long valueBytes) {

    static final Footprint NOTHING = new Footprint(0, 0, 0);

    /** The objects of a version and the references to it, roughly: its own 32, an array's head and padding 20, places in the index and the history 16. */
    private static final int VERSION_BYTES = 68;

    /** What is in memory in any case, roughly. */
    public long indexBytes() {
        return versions * VERSION_BYTES + keyValueBytes - valueBytes;
    }

    /** What is in memory, when values were let go that would take so many bytes. */
    public long memoryBytes(long savedBytes) {
        return indexBytes() + valueBytes - savedBytes;
    }

    Footprint plus(int bytes, int value) {
        return new Footprint(versions + 1, keyValueBytes + bytes, valueBytes + value);
    }

    Footprint minus(int bytes, int value) {
        return new Footprint(versions - 1, keyValueBytes - bytes, valueBytes - value);
    }
}
