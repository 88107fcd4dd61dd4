package io.myriad.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.raft.Member;

/**
 * A member's data directory: one process at a time, and only the member that it was made for. {@code member.properties} says which that is and in what format; it is written,
 * once, when the directory is empty.
 */
final class DataDirectory implements AutoCloseable {

    /** 1 kept the state in snapshots of the log, 2 keeps it in a page file. */
    private static final int FORMAT = 2;
    private static final String RAFT = "raft";
    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final String IDENTITY_FILE = "member.properties";

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;

    private DataDirectory(Path directory, FileChannel lockFile, FileLock lock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /** Makes a member's first state. */
    @FunctionalInterface
    interface InitialFiles {
        void make(Path raftDirectory) throws IOException;
    }

    /** Opens or makes the directory; throws with a message for the user if it is in use or not this member's. Changes nothing then. */
    static DataDirectory open(Path directory, Member self, long clusterId, boolean existingCluster,
            @Nullable InitialFiles initial) throws IOException {
        create(directory);
        FileChannel lockFile = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                throw new IOException("data directory " + directory + " is in use by another process");
            }
            checkIdentity(directory, self, clusterId, existingCluster, initial);
            return new DataDirectory(directory, lockFile, lock);
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

    private static void checkIdentity(Path directory, Member self, long clusterId, boolean existingCluster,
            @Nullable InitialFiles initial) throws IOException {
        Path file = directory.resolve(IDENTITY_FILE);
        if (!Files.exists(file)) {
            requireEmpty(directory);
            if (existingCluster) {
                throw new IOException(
                        "--initial-cluster-state existing: members cannot be added to a running cluster, and data directory "
                                + directory
                                + " is empty");
            }
            if (initial != null) {
                initial.make(directory.resolve(RAFT));
            }
            writeIdentity(directory, file, self, clusterId);
            return;
        }
        if (initial != null) {
            LOG.info("--initial-snapshot is not read: the member in {} has a state already", directory);
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
        String cluster = identity.getProperty("cluster-id", "");
        if (!cluster.equals(Long.toHexString(clusterId))) {
            throw new IOException("data directory " + directory + " belongs to cluster " + cluster
                    + ", --initial-cluster and --initial-cluster-token give "
                    + Long.toHexString(clusterId));
        }
        String member = identity.getProperty("member-id", "");
        if (!member.equals(Long.toHexString(self.id()))) {
            throw new IOException("data directory " + directory + " belongs to member " + member + ", this is "
                    + Long.toHexString(self.id()) + " ("
                    + self.name() + ")");
        }
    }

    private static void requireEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<String> others = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("lock") && !name.equals("member.properties.new")).sorted().toList();
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

    private static void writeIdentity(Path directory, Path file, Member self, long clusterId) throws IOException {
        String text = "# Written once. Do not edit.\nformat=" + FORMAT + "\ncluster-id=" + Long.toHexString(clusterId)
                + "\nmember-id="
                + Long.toHexString(self.id()) + "\nname=" + self.name() + "\n";
        Path temporary = directory.resolve("member.properties.new");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
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
