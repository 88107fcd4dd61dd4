package io.myriad.store.page;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What each page of the file is in its newest state: the first page of a run, a further page of one, or free. Two bits a page, and the form in which the free pages are saved.
 *
 * <p><b>Idea.</b> The map is cut into chunks that fill a page each and describe {@value #CHUNK_PAGES} pages (64 MiB). Saving it writes the chunks that changed, so what a transaction costs
 * depends on what it touched and not on the length of the file; and a list of free runs, which fragmentation makes long, is never written. Where runs begin is kept to find the last run
 * of the file, for moving it; and a run that is given up twice, or that was never taken, is found at once, before it could be handed to two owners.
 *
 * <p>Pages that wait for readers are free here: after a restart there are no readers. Memory: a byte for four pages, 6.5 MB for 100 GB. One thread.
 */
final class PageMap {

    private static final int CHUNK_WORDS = 255;

    /** Pages that one chunk describes. */
    static final int CHUNK_PAGES = CHUNK_WORDS * Long.SIZE;

    /** Bytes of a saved chunk: two bits for each of its pages. */
    static final int CHUNK_BYTES = 2 * CHUNK_WORDS * Long.BYTES;

    private long[] first = new long[CHUNK_WORDS];
    private long[] further = new long[CHUNK_WORDS];
    private final BitSet changed = new BitSet();
    private int pages;
    private int usedPages;

    int pages() {
        return pages;
    }

    int usedPages() {
        return usedPages;
    }

    int chunks() {
        return (pages + CHUNK_PAGES - 1) / CHUNK_PAGES;
    }

    /** Chunks that are not as they were when they were last saved. Its owner clears bits as it saves them. */
    BitSet changed() {
        return changed;
    }

    /** Sets the file's length; pages that are cut off are free. */
    void resize(int newPages) {
        int last = newPages < pages ? lastRun(pages) : -1;
        if (last >= 0 && last + runLength(last) > newPages) {
            throw new IllegalStateException(
                    "pages from " + last + " are in use, the file not to be cut to " + newPages);
        }
        int words = (newPages + CHUNK_PAGES - 1) / CHUNK_PAGES * CHUNK_WORDS;
        if (words > first.length) {
            int length = Math.max(words, first.length + (first.length >> 2));
            first = Arrays.copyOf(first, length);
            further = Arrays.copyOf(further, length);
        }
        pages = newPages;
        changed.clear(chunks(), Math.max(chunks(), changed.length()));
    }

    /** A run is taken. Throws if a page of it is in use. */
    void use(int start, int length) {
        for (int page = start; page < start + length; page++) {
            if (isUsed(page)) {
                throw new IllegalStateException("page " + page + " is in use already");
            }
            (page == start ? first : further)[page >>> 6] |= 1L << page;
        }
        usedPages += length;
        change(start, length);
    }

    /** A run is given up, as it was taken. Throws if there is no such run. */
    void free(int start, int length) {
        if (runLength(start) != length) {
            throw new IllegalStateException(
                    "pages " + start + " to " + (start + length - 1) + " are not a run: " + runLength(start)
                            + " pages");
        }
        first[start >>> 6] &= ~(1L << start);
        for (int page = start + 1; page < start + length; page++) {
            further[page >>> 6] &= ~(1L << page);
        }
        usedPages -= length;
        change(start, length);
    }

    private void change(int start, int length) {
        changed.set(start / CHUNK_PAGES, (start + length - 1) / CHUNK_PAGES + 1);
    }

    boolean isUsed(int page) {
        return ((first[page >>> 6] | further[page >>> 6]) >>> page & 1) != 0;
    }

    /** Pages of the run that begins here; 0 if none does. */
    int runLength(int start) {
        if (start < 0 || start >= pages || (first[start >>> 6] >>> start & 1) == 0) {
            return 0;
        }
        int end = start + 1;
        while (end < pages && (further[end >>> 6] >>> end & 1) != 0) {
            end++;
        }
        return end - start;
    }

    /** Where the last run begins before a page; -1 if none does. */
    int lastRun(int before) {
        if (before <= 0) {
            return -1;
        }
        int word = (before - 1) >>> 6;
        long bits = first[word] & -1L >>> -before;
        while (bits == 0) {
            if (--word < 0) {
                return -1;
            }
            bits = first[word];
        }
        return (word << 6) + 63 - Long.numberOfLeadingZeros(bits);
    }

    /** Hands over the runs of free pages, lowest first. */
    void forEachFree(FreeList.RunConsumer consumer) {
        int start = -1;
        for (int page = 0; page < pages; page++) {
            long used = first[page >>> 6] | further[page >>> 6];
            if ((page & 63) == 0 && page + 64 <= pages && used == (start < 0 ? -1L : 0)) {
                page += 63; // sixty-four pages that change nothing
            } else if ((used >>> page & 1) == 0) {
                start = start < 0 ? page : start;
            } else if (start >= 0) {
                consumer.accept(start, page - start);
                start = -1;
            }
        }
        if (start >= 0) {
            consumer.accept(start, pages - start);
        }
    }

    /** Writes a chunk's bits to where a buffer stands. */
    void save(int chunk, ByteBuffer target) {
        int from = chunk * CHUNK_WORDS;
        for (int word = from; word < from + CHUNK_WORDS; word++) {
            target.putLong(first[word]).putLong(further[word]);
        }
    }

    /** Reads a chunk's bits from where a buffer stands. Only to fill a new map. */
    void load(int chunk, ByteBuffer source) {
        int from = chunk * CHUNK_WORDS;
        for (int word = from; word < from + CHUNK_WORDS; word++) {
            first[word] = source.getLong();
            further[word] = source.getLong();
            usedPages += Long.bitCount(first[word] | further[word]);
        }
    }
}
