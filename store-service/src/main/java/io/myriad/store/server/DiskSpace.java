package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk has room. A log that could not be written to its end is of no more use to its process, so writes are refused while there still is room: what is under way
 * finds its place, reads go on, and writes do too as soon as somebody has made space. Two limits, so that it does not change its mind with every write.
 */
final class DiskSpace {

    /** With less than this nothing new is written: room for the log's next file and all entries under way, several times over. */
    static final long RESERVED_BYTES = 32L << 20;
    /** With as much as this it is again. */
    static final long ENOUGH_BYTES = 48L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

    private final LongSupplier usableBytes;
    private volatile boolean low;

    /** @param usableBytes how much the disk has left, negative when that is not known */
    DiskSpace(LongSupplier usableBytes) {
        this.usableBytes = usableBytes;
    }

    /** Asks the file system that a directory is on. */
    static LongSupplier of(Path directory) {
        return () -> {
            try {
                return Files.getFileStore(directory).getUsableSpace();
            } catch (IOException e) {
                return -1;
            }
        };
    }

    /** Looks again. To be called several times a second. */
    void measure() {
        long usable = usableBytes.getAsLong();
        if (usable < 0) {
            return;
        }
        if (!low && usable < RESERVED_BYTES) {
            low = true;
            LOG.error("The disk has {} MiB left: writes are refused until there are {} MiB", usable >> 20,
                    ENOUGH_BYTES >> 20);
        } else if (low && usable >= ENOUGH_BYTES) {
            low = false;
            LOG.info("The disk has {} MiB left: writes are taken again", usable >> 20);
        }
    }

    /** Whether writes are to be refused. */
    boolean low() {
        return low;
    }

    /** Whether a file of about this size can be written without using up what is reserved. */
    boolean hasRoomFor(long bytes) {
        long usable = usableBytes.getAsLong();
        return usable < 0 || usable - bytes >= RESERVED_BYTES;
    }
}
