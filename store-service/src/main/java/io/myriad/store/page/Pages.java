package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads and writes runs of pages. Nothing that is read is handed out before its checksum was found right.
 *
 * <p>Writes are collected while they are neighbours, so that a batch of new pages, which mostly lie one behind the other, costs one call for {@value #BUFFER_BYTES} bytes. Reading is for
 * any thread, except that only the writing thread may read what it has not forced yet.
 */
final class Pages {

    /** Size of a page. */
    static final int PAGE_BYTES = 4096;

    private static final int BUFFER_BYTES = 1 << 20;
    private static final byte[] ZEROS = new byte[PAGE_BYTES];

    private final PageDisk disk;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    /** Where in the file the buffer's first byte belongs. */
    private long bufferOffset = -1;

    Pages(PageDisk disk) {
        this.disk = disk;
    }

    String name() {
        return disk.name();
    }

    static long offset(int page) {
        return (long) page * PAGE_BYTES;
    }

    static int checksum(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
        return (int) checksum.getValue();
    }

    /** The content of a run: a buffer with an array, from 0 to its limit. */
    ByteBuffer read(Extent extent) throws IOException {
        ByteBuffer content = readUnchecked(extent.page(), extent.bytes());
        if (content.limit() < extent.bytes()) {
            throw damaged(extent.page(), "the file ends after " + content.limit() + " bytes of " + extent.bytes());
        }
        int checksum = checksum(content);
        if (checksum != extent.checksum()) {
            throw damaged(extent.page(), String.format("checksum %08x of %d bytes, should be %08x", checksum,
                    extent.bytes(), extent.checksum()));
        }
        return content;
    }

    /** What lies at a page; shorter than asked for where the file ends. */
    ByteBuffer readUnchecked(int page, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        disk.read(content, offset(page));
        return content.flip();
    }

    DamagedPageException damaged(int page, String what) {
        return new DamagedPageException(name(), page, what);
    }

    /** Writes the content of a run, from 0 to its limit, to pages that were taken for it. */
    Extent write(int page, ByteBuffer content, boolean values) throws IOException {
        Extent extent = new Extent(page, content.limit(), checksum(content), values);
        long offset = offset(page);
        int padding = extent.pages() * PAGE_BYTES - content.limit();
        if (offset != bufferOffset + buffer.position() || content.limit() + padding > buffer.remaining()) {
            flush();
            bufferOffset = offset;
        }
        if (content.limit() + padding <= buffer.remaining()) {
            buffer.put(content).put(ZEROS, 0, padding);
        } else {
            disk.write(content, offset);
            disk.write(ByteBuffer.wrap(ZEROS, 0, padding), offset + extent.bytes());
        }
        return extent;
    }

    /** Writes one whole page, at once. */
    void writePage(int page, ByteBuffer content) throws IOException {
        disk.write(content, offset(page));
    }

    /** Makes everything that was written readable. The writing thread. */
    void flush() throws IOException {
        if (buffer.position() > 0) {
            disk.write(buffer.flip(), bufferOffset);
        }
        buffer.clear();
        bufferOffset = -1;
    }

    /** Returns when everything that was written is on the disk. */
    void force() throws IOException {
        flush();
        disk.force();
    }

    /** Forgets what was written and not flushed: it belongs to nothing any more. */
    void discard() {
        buffer.clear();
        bufferOffset = -1;
    }
}
