package io.myriad.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.myriad.store.server.DurableFile;

/**
 * A member's data directory: one process at a time. {@code member.properties} says which member of which cluster it is and in what format; it is written, once, when the directory is
 * empty, and from then on counts more than what the flags say.
 */
final class DataDirectory implements AutoCloseable {

    /** 1 kept the state in snapshots of the log, 2 in a page file; 3 has members' numbers in the log, not their addresses. */
    private static final int FORMAT = 3;
    private static final String RAFT = "raft";
    private static final String IDENTITY_FILE = "member.properties";

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Identity identity;

    /**
     * Whose directory it is.
     *
     * @param joined whether the cluster was running when the member came to it
     */
    record Identity(long clusterId, long memberId, boolean joined) {}

    /** What begins in an empty directory; throws with a message for the user. */
    interface First {
        /** Finds out who the member is. */
        Identity identity() throws IOException;

        /** Makes the files that it begins with, if it does not begin with nothing. */
        void makeState(Identity identity, Path raftDirectory) throws IOException;
    }

    private DataDirectory(Path directory, FileChannel lockFile, FileLock lock, Identity identity) {
        this.identity = identity;
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Opens or makes the directory; throws with a message for the user if it is in use or not the store's. Changes nothing then. */
    static DataDirectory open(Path directory, First first) throws IOException {
        create(directory);
        FileChannel lockFile = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new IOException("data directory " + directory + " is in use by another process");
            }
            return new DataDirectory(directory, lockFile, lock, identity(directory, first));
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Files.createDirectories(directory);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static Identity identity(Path directory, First first) throws IOException {
        Path file = directory.resolve(IDENTITY_FILE);
        if (!Files.exists(file)) {
            requireEmpty(directory);
            Identity made = first.identity();
            first.makeState(made, directory.resolve(RAFT));
            writeIdentity(file, made);
            return made;
        }
        Properties identity = new Properties();
        try (var in = Files.newInputStream(file)) {
            identity.load(in);
        }
        String format = identity.getProperty("format", "");
        if (!format.equals(Integer.toString(FORMAT))) {
            throw new IOException(
                    "data directory " + directory + " has format " + format + ", this version reads format " + FORMAT);
        }
        return new Identity(Long.parseUnsignedLong(identity.getProperty("cluster-id", ""), 16),
                Long.parseUnsignedLong(identity.getProperty("member-id", ""), 16),
                Boolean.parseBoolean(identity.getProperty("joined")));
    }

    private static void requireEmpty(Path directory) throws IOException {
        String made = DurableFile.madeAs(directory.resolve(IDENTITY_FILE)).getFileName().toString();
        try (Stream<Path> files = Files.list(directory)) {
            List<String> others = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("lock") && !name.equals(made)).sorted().toList();
            if (others.contains("member")) {
                throw new IOException(
                        "data directory " + directory + " was written by etcd, whose files this store does not read");
            }
            if (!others.isEmpty()) {
                throw new IOException("data directory " + directory + " is not empty and not this store's: it holds "
                        + String.join(", ", others));
            }
        }
    }

    private static void writeIdentity(Path file, Identity made) throws IOException {
        String text = "# Written once. Do not edit.\nformat=" + FORMAT + "\ncluster-id="
                + Long.toHexString(made.clusterId) + "\nmember-id=" + Long.toHexString(made.memberId) + "\njoined="
                + made.joined + "\n";
        DurableFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whose directory it is. */
    Identity identity() {
        return identity;
    }

    /** Where the log, votes and snapshots are. */
    Path raft() throws IOException {
        return Files.createDirectories(directory.resolve(RAFT));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
