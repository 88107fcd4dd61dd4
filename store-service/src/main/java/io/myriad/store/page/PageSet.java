package io.myriad.store.page;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A set of page numbers that knows its smallest at once: a bitmap with summaries, 64 bits to one.
 *
 * <p>Bits lie in blocks of {@value #BLOCK_PAGES} pages that exist only while they hold a bit, so that a set costs what it holds and not what the file is long: 536 bytes a block,
 * and a reference a block besides. The summaries are two words a block and two a set; a set over more than 64 GiB of file looks at one more word for each further 64 GiB to find
 * its first page. The last block that became empty is kept for the next that is needed, so that a set which holds one page now and then makes no garbage. One thread.
 */
final class PageSet {

    static final int BLOCK_PAGES = 64 * 64;

    private static final int BLOCK_BITS = 12;

    /** Where in a block the word is that says which of the others are not 0; everything of a block lies in one array, so that finding a page misses the cache once. */
    private static final int SUMMARY = 64;

    private long[] @Nullable [] blocks = new long[0][];
    /** A bit for each block that exists, and above it a bit for each of these words that is not 0. */
    private long[] present = new long[0];
    private long[] presentSummary = new long[0];
    private int size;
    /** A block without a bit, to be used before a new one is made. */
    private long @Nullable [] spare;

    int size() {
        return size;
    }

    boolean isEmpty() { return size == 0; }

    boolean contains(int page) {
        int at = page >>> BLOCK_BITS;
        long[] block = at < blocks.length ? blocks[at] : null;
        return block != null && (block[page >>> 6 & 63] & 1L << page) != 0;
    }

    /** Adds a page that is not in the set. */
    void add(int page) {
        int at = page >>> BLOCK_BITS;
        if (at >= blocks.length) {
            grow(at + 1);
        }
        long[] block = blocks[at];
        if (block == null) {
            block = spare != null ? spare : new long[SUMMARY + 1];
            spare = null;
            blocks[at] = block;
            present[at >>> 6] |= 1L << at;
            presentSummary[at >>> 12] |= 1L << (at >>> 6);
        }
        int word = page >>> 6 & 63;
        if ((block[word] & 1L << page) != 0) {
            throw new IllegalStateException("page " + page + " is in the set already");
        }
        block[word] |= 1L << page;
        block[SUMMARY] |= 1L << word;
        size++;
    }

    /** Removes a page that is in the set. */
    void remove(int page) {
        int at = page >>> BLOCK_BITS;
        long[] block = at < blocks.length ? blocks[at] : null;
        int word = page >>> 6 & 63;
        if (block == null || (block[word] & 1L << page) == 0) {
            throw new IllegalStateException("page " + page + " is not in the set");
        }
        size--;
        if ((block[word] &= ~(1L << page)) != 0) {
            return;
        }
        if ((block[SUMMARY] &= ~(1L << word)) != 0) {
            return;
        }
        blocks[at] = null;
        spare = block;
        if ((present[at >>> 6] &= ~(1L << at)) == 0) {
            presentSummary[at >>> 12] &= ~(1L << (at >>> 6));
        }
    }

    /** The smallest page; the set is not empty. */
    int first() {
        for (int top = 0; top < presentSummary.length; top++) {
            if (presentSummary[top] != 0) {
                int word = top << 6 | Long.numberOfTrailingZeros(presentSummary[top]);
                int at = word << 6 | Long.numberOfTrailingZeros(present[word]);
                long[] block = Objects.requireNonNull(blocks[at]);
                int inBlock = Long.numberOfTrailingZeros(block[SUMMARY]);
                return at << BLOCK_BITS | inBlock << 6 | Long.numberOfTrailingZeros(block[inBlock]);
            }
        }
        throw new IllegalStateException("the set is empty");
    }

    private void grow(int wanted) {
        int length = Math.max(wanted, blocks.length + (blocks.length >> 1));
        blocks = Arrays.copyOf(blocks, length);
        present = Arrays.copyOf(present, (length + 63) >>> 6);
        presentSummary = Arrays.copyOf(presentSummary, (present.length + 63) >>> 6);
    }
}
