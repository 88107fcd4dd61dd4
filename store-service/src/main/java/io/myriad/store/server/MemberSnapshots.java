package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.raft.ReplicatedState;
import io.myriad.store.state.StateCheckpoint;

/**
 * What a snapshot of the log is while the state itself is in the page file: a directory with the place in the log of the last entry that the page file then was the result of; and, once another
 * member has asked for it, the state in one piece.
 *
 * <p>Page file and snapshot are not written at once, so the page file, or the piece that was made of it later, may be the result of more entries than the snapshot says. They know of how many.
 */
final class MemberSnapshots {

    private static final String MARK_FILE = "checkpoint";
    private static final String STATE_FILE = "state";
    private static final Logger LOG = LoggerFactory.getLogger(MemberSnapshots.class);

    private final StateCheckpoint checkpoint;
    private final DiskSpace disk;

    MemberSnapshots(StateCheckpoint checkpoint, DiskSpace disk) {
        this.checkpoint = checkpoint;
        this.disk = disk;
    }

    /** Captures the state, which is the result of the log up to an entry. The apply thread. */
    ReplicatedState.Snapshot capture(long index, long term) {
        StateCheckpoint.Captured captured = checkpoint.capture(index, term);
        return new ReplicatedState.Snapshot() {
            @Override
            public String[] write(Path directory) throws IOException {
                if (!disk.hasRoomFor(captured.bytesToWrite())) {
                    throw new IOException("the disk has no room for it");
                }
                captured.write();
                Failpoint.RAFT_BEFORE_WAL_SAVE_SNAPSHOT.hit();
                Files.write(directory.resolve(MARK_FILE), ByteBuffer.allocate(Long.BYTES).putLong(index).array(),
                        StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE,
                        StandardOpenOption.DSYNC);
                LOG.info("saved checkpoint at entry {}", index);
                return new String[]{MARK_FILE, STATE_FILE};
            }

            @Override
            public void close() {
                captured.close();
            }
        };
    }

    /** Writes the state for another member. Takes as long as reading the page file. */
    synchronized void lend(Path directory) throws IOException {
        Path file = directory.resolve(STATE_FILE);
        if (!Files.exists(file)) {
            if (!disk.hasRoomFor(checkpoint.bytesOnDisk())) {
                throw new IOException("the disk has no room for it");
            }
            checkpoint.export(file);
        }
    }

    /** Makes a snapshot's state, or a later one, the machine's; returns the place in the log of the last entry that it is the result of. */
    long load(Path directory) throws IOException {
        Path mark = directory.resolve(MARK_FILE);
        if (!Files.exists(mark)) {
            throw new IOException("it was written by a version that had no page file");
        }
        long needed = ByteBuffer.wrap(Files.readAllBytes(mark)).getLong();
        Path received = directory.resolve(STATE_FILE);
        boolean sent = Files.exists(received);
        // A page file that holds no state says 0, as that of the state before the first entry does.
        if (checkpoint.appliedIndex() >= needed && (needed > 0 || !sent)) {
            return checkpoint.restore();
        }
        if (sent) {
            Failpoint.RAFT_BEFORE_APPLY_SNAP.hit();
            long applied = checkpoint.restore(received);
            Failpoint.RAFT_AFTER_APPLY_SNAP.hit();
            return applied;
        }
        throw new IOException(checkpoint.path() + " is the state at entry " + checkpoint.appliedIndex()
                + " of the log, which begins behind entry " + needed);
    }
}
