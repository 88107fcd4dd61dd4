package io.myriad.store.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file as a disk. A thread that is interrupted while it reads would close the channel under everybody: readers must not be interrupted. */
final class FileDisk implements PageDisk {

    /** More is not left to the system to be written at once: whoever forces the log to the same disk would wait for all of it. */
    private static final long MAX_UNFORCED_BYTES = 4 << 20;

    private final Path path;
    private final FileChannel channel;
    private long unforced;

    private FileDisk(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Writes the first bytes of a file. */
    @FunctionalInterface
    interface Formatter {
        void format(PageDisk disk) throws IOException;
    }

    /** Opens a file. One that does not exist is made under another name and appears, formatted, at once or not at all. */
    static FileDisk open(Path path, Formatter formatter) throws IOException {
        if (!Files.exists(path)) {
            Path made = path.resolveSibling(path.getFileName() + ".new");
            try (FileDisk disk = new FileDisk(made, FileChannel.open(made, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.READ, StandardOpenOption.WRITE))) {
                formatter.format(disk);
            }
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        }
        return new FileDisk(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int read = channel.read(target, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
        long at = offset;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
        unforced += at - offset;
        if (unforced >= MAX_UNFORCED_BYTES) {
            force();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        // With the file's length, which the data's pages are no use without.
        channel.force(true);
        unforced = 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
