package io.myriad.store.page;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The disk under a page file, as a disk is: what is written may reach it in any order, in parts of 512 bytes, or not at all, until {@link #force} returns. Reads see what was written
 * before them. Reading is for any thread, the rest for one.
 */
interface PageDisk extends Closeable {

    /** What to call the file in messages. */
    String name();

    long size() throws IOException;

    /** Fills a buffer from a place in the file; what lies behind the file's end is left out. */
    void read(ByteBuffer target, long offset) throws IOException;

    /** Writes all of a buffer; the file gets longer if it has to. */
    void write(ByteBuffer source, long offset) throws IOException;

    /** Makes the file shorter. Needs no force: what was cut off may come back after a crash. */
    void truncate(long size) throws IOException;

    /** Returns when everything that was written is on the disk. */
    void force() throws IOException;
}
