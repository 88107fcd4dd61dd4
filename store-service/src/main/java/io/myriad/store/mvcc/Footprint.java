package io.myriad.store.mvcc;

/**
 * What a store's versions take.
 *
 * @param versions how many there are, history included
 * @param keyValueBytes their key-values
 * @param valueBytes what of that memory would save if it let go of every value that it may
 */
public record Footprint(long versions, long keyValueBytes, long valueBytes) {

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

    /** What a footprint is read from while versions come and go. One thread. */
    static final class Sum {
        private long versions;
        private long keyValueBytes;
        private long valueBytes;

        void add(int bytes, int value) {
            versions++;
            keyValueBytes += bytes;
            valueBytes += value;
        }

        void remove(int bytes, int value) {
            versions--;
            keyValueBytes -= bytes;
            valueBytes -= value;
        }

        Footprint toFootprint() {
            return new Footprint(versions, keyValueBytes, valueBytes);
        }
    }
}
