package io.myriad.store.page;

import java.nio.ByteBuffer;

/**
 * Where a run lies and what is in it: first page, length in bytes, and CRC32C of these bytes. The checksum lies with whoever refers to the run and not in the run, so that it tells not
 * only torn and flipped bytes from whole ones but also an older content of the same pages from the one that is meant: a write that a disk lost is noticed too. (ZFS keeps checksums so.)
 *
 * @param page the first page; 0, which is never a run's, for no run
 * @param bytes length of the content, 0 to {@link #MAX_BYTES}
 * @param values whether there are runs below this one that hold values
 */
record Extent(int page, int bytes, int checksum, boolean values) implements Content {

    static final Extent NONE = new Extent(0, 0, 0, false);

    static final int ENCODED_BYTES = 12;

    /** The longest content of a run. */
    static final int MAX_BYTES = 1 << 30;

    private static final int VALUES_FLAG = 1 << 31;

    boolean isNone() { return page == 0; }

    /** Number of pages. */
    int pages() {
        return pagesFor(bytes);
    }

    static int pagesFor(int bytes) {
        return (bytes + Pages.PAGE_BYTES - 1) / Pages.PAGE_BYTES;
    }

    @Override
    public int encodedBytes() {
        return ENCODED_BYTES;
    }

    @Override
    public void encode(ByteBuffer target) {
        target.putInt(page).putInt(values ? bytes | VALUES_FLAG : bytes).putInt(checksum);
    }

    /** Reads one from where a buffer stands. */
    static Extent decode(ByteBuffer source) {
        int at = source.position();
        source.position(at + ENCODED_BYTES);
        return decode(source, at);
    }

    static Extent decode(ByteBuffer source, int at) {
        int bytes = source.getInt(at + 4);
        return new Extent(source.getInt(at), bytes & ~VALUES_FLAG, source.getInt(at + 8), bytes < 0);
    }
}
