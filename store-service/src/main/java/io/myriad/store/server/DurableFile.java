package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Small files that are replaced as a whole. */
public final class DurableFile {

    private static final String MADE = ".new";

    private DurableFile() {}

    /** The name under which a file is written before it takes its own. */
    public static Path madeAs(Path file) {
        return file.resolveSibling(file.getFileName() + MADE);
    }

    /** Puts content in a file's place, at once or not at all; it is on the disk when this returns. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path made = madeAs(file);
        try (FileChannel channel = FileChannel.open(made, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer rest = ByteBuffer.wrap(content); rest.hasRemaining();) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
