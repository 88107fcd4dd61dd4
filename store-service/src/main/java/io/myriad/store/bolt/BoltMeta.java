package io.myriad.store.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * What either of the first two pages says; the one of the newer transaction counts. After the page's header: magic 4, version 4, page size 4, flags 4, the root bucket's page 8 and sequence
 * 8, page of the list of free pages 8, pages in use 8, transaction 8, FNV-1a of all that 8.
 *
 * @param root root page of the bucket of buckets
 * @param pages every page in use has a lower number
 */
record BoltMeta(int pageBytes, long root, long pages, long transaction) {

    static final int PAGES = 2;

    private static final int MAGIC = 0xED0CDAED;
    private static final int VERSION = 2;
    private static final int CHECKED_BYTES = 56;
    private static final int BYTES = CHECKED_BYTES + Long.BYTES;
    /** In place of the list of free pages: there is none, and whoever writes to the file is to look for them. etcd writes none either. */
    private static final long NO_FREE_LIST = -1;
    private static final long FNV_BASIS = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    /** The whole page. */
    ByteBuffer encode(long page) {
        ByteBuffer bytes = ByteBuffer.allocate(pageBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(page).putShort((short) BoltLayout.META).putShort((short) 0).putInt(0);
        bytes.putInt(MAGIC).putInt(VERSION).putInt(pageBytes).putInt(0);
        bytes.putLong(root).putLong(0).putLong(NO_FREE_LIST).putLong(pages).putLong(transaction);
        bytes.putLong(fnv1a(bytes.slice(BoltLayout.PAGE_HEADER_BYTES, CHECKED_BYTES)));
        return bytes.clear();
    }

    /** Reads what begins in a buffer with a page's header; null if it is not whole or of another format. */
    static @Nullable BoltMeta decode(ByteBuffer page) {
        if (page.remaining() < BoltLayout.PAGE_HEADER_BYTES + BYTES) {
            return null;
        }
        ByteBuffer meta = page.slice(page.position() + BoltLayout.PAGE_HEADER_BYTES, BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        if (meta.getInt(0) != MAGIC || meta.getInt(4) != VERSION
                || meta.getLong(CHECKED_BYTES) != fnv1a(meta.slice(0, CHECKED_BYTES))) {
            return null;
        }
        return new BoltMeta(meta.getInt(8), meta.getLong(16), meta.getLong(40), meta.getLong(48));
    }

    private static long fnv1a(ByteBuffer bytes) {
        long hash = FNV_BASIS;
        while (bytes.hasRemaining()) {
            hash = (hash ^ bytes.get() & 0xFF) * FNV_PRIME;
        }
        return hash;
    }
}
