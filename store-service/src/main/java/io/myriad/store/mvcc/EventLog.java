package io.myriad.store.mvcc;

import java.util.Arrays;

/**
 * What happened, in revision order: every version that was written since the last compaction, tombstones included. It is the one history that watchers read from,
 * new events and old ones alike, and it holds references to versions that the index keeps anyway.
 *
 * <p>A position counts events from the beginning of the process and never changes its meaning. One writer appends and trims; readers use a {@link View} that was
 * published to them, whose part of the log does not change under them.
 */
final class EventLog {

    private static final int CHUNK_BITS = 10;
    private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
    private static final int CHUNK_MASK = CHUNK_SIZE - 1;

    private KeyVersion[][] chunks = new KeyVersion[0][];
    private long firstChunk;
    private long begin;
    private long end;

    void append(KeyVersion version) {
        int chunk = (int) ((end >>> CHUNK_BITS) - firstChunk);
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunk] = new KeyVersion[CHUNK_SIZE];
        }
        chunks[chunk][(int) end & CHUNK_MASK] = version;
        end++;
    }

    /** Forgets the events of revisions before {@code revision}. Views taken before keep them until they are let go. */
    void trimBefore(long revision) {
        begin = view().positionOf(revision);
        int unused = (int) ((begin >>> CHUNK_BITS) - firstChunk);
        if (unused > 0) {
            chunks = Arrays.copyOfRange(chunks, unused, chunks.length);
            firstChunk += unused;
        }
    }

    View view() {
        return new View(chunks, firstChunk, begin, end);
    }

    /** The log as it was at one moment. Positions from {@code begin} (inclusive) to {@code end} (exclusive) can be read. */
    record View(KeyVersion[][] chunks, long firstChunk, long begin, long end) {

        KeyVersion get(long position) {
            return chunks[(int) ((position >>> CHUNK_BITS) - firstChunk)][(int) position & CHUNK_MASK];
        }

        /** The position of the first event whose revision is at least {@code revision}; {@code end} if there is none. */
        long positionOf(long revision) {
            long low = begin;
            long high = end;
            while (low < high) {
                long middle = (low + high) >>> 1;
                if (get(middle).modRevision() < revision) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }
}
