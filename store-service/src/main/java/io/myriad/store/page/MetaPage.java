package io.myriad.store.page;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * One of the two pages that say what the file's state is. A state is in the file when its meta page is: everything that belongs to it, the place in the log that it is the result
 * of included, counts from that moment, all at once.
 *
 * <p>Layout, big-endian: magic 8 bytes, format 4, page size 4, transaction 8, applied index 8, applied term 8, root of the tree 12, index of the page map 12, pages of the file 4, zeros,
 * and in the last four bytes the CRC32C of the rest.
 *
 * @param transaction number of the transaction that wrote the state; the page is its lowest bit
 * @param appliedIndex place in the log of the last entry that the state is the result of
 * @param appliedTerm term of that entry
 * @param root the tree's root node; none if the tree is empty
 * @param mapIndex where the chunks of the page map lie
 * @param pages length of the file in pages; what is free at its end may have been cut off since
 */
record MetaPage(long transaction, long appliedIndex, long appliedTerm, Extent root, Extent mapIndex, int pages) {

    static final int PAGES = 2;

    private static final long MAGIC = 0x4D5952504147450AL;
    private static final int FORMAT = 1;
    private static final int CHECKSUM_OFFSET = Pages.PAGE_BYTES - Integer.BYTES;

    /** The page that a transaction's meta goes to. */
    int page() {
        return (int) (transaction & 1);
    }

    ByteBuffer encode() {
        ByteBuffer page = ByteBuffer.allocate(Pages.PAGE_BYTES);
        page.putLong(MAGIC).putInt(FORMAT).putInt(Pages.PAGE_BYTES);
        page.putLong(transaction).putLong(appliedIndex).putLong(appliedTerm);
        root.encode(page);
        mapIndex.encode(page);
        page.putInt(pages);
        page.putInt(CHECKSUM_OFFSET, Pages.checksum(page.slice(0, CHECKSUM_OFFSET)));
        return page.clear();
    }

    /** Reads a page; null if it is not whole. */
    static @Nullable MetaPage decode(ByteBuffer page) {
        if (page.remaining() < Pages.PAGE_BYTES
                || page.getInt(CHECKSUM_OFFSET) != Pages.checksum(page.slice(0, CHECKSUM_OFFSET))
                || page.getLong() != MAGIC || page.getInt() != FORMAT || page.getInt() != Pages.PAGE_BYTES) {
            return null;
        }
        return new MetaPage(page.getLong(), page.getLong(), page.getLong(), Extent.decode(page), Extent.decode(page),
                page.getInt());
    }

    /** Why a file of which no meta page is whole cannot be read. */
    static String problem(ByteBuffer firstPage) {
        if (firstPage.limit() < Pages.PAGE_BYTES || firstPage.getLong(0) != MAGIC) {
            return "not a page file, or neither of its two meta pages is whole";
        }
        if (firstPage.getInt(8) != FORMAT || firstPage.getInt(12) != Pages.PAGE_BYTES) {
            return "format " + firstPage.getInt(8) + " with pages of " + firstPage.getInt(12)
                    + " bytes, this version reads format " + FORMAT + " with pages of " + Pages.PAGE_BYTES + " bytes";
        }
        return "neither of the two meta pages is whole";
    }
}
