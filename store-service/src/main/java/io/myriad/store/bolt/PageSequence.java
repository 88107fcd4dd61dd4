package io.myriad.store.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Pages of a file one after the other, from behind the meta pages. */
final class PageSequence {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long next = BoltMeta.PAGES;
    private long offset = (long) BoltMeta.PAGES * BoltLayout.PAGE_BYTES;

    PageSequence(FileChannel file) {
        this.file = file;
    }

    /** The number that the next page gets. */
    long next() {
        return next;
    }

    /** Appends a page, with those that follow it and belong to it. */
    long append(BoltPage page) throws IOException {
        long id = next;
        int bytes = page.bytes();
        int pages = (bytes + BoltLayout.PAGE_BYTES - 1) / BoltLayout.PAGE_BYTES;
        ByteBuffer content = ByteBuffer.allocate(pages * BoltLayout.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        page.encode(content, id, pages - 1);
        write(content.clear());
        next += pages;
        return id;
    }

    private void write(ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            int bytes = Math.min(content.remaining(), buffer.remaining());
            buffer.put(content.slice(content.position(), bytes));
            content.position(content.position() + bytes);
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            offset += file.write(buffer, offset);
        }
        buffer.clear();
    }
}
