package io.myriad.store.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What the log is applied to. The log's one apply thread makes all calls, except where said. */
public interface ReplicatedState {

    /** Applies a committed entry. Called once for each index, ascending. */
    void apply(long index, long term, ByteBuffer entry);

    /** The entries of a batch are applied: time to make them visible and to answer. */
    void batchEnd();

    /** Captures the state for a snapshot. */
    Snapshot snapshot();

    /** Puts into a directory of a snapshot that was written here what another member needs of it and this one does not. Any thread. */
    void lend(Path directory) throws IOException;

    /** Replaces the state by that of a snapshot directory. */
    void load(Path directory) throws IOException;

    /** This member became leader of a term; everything that was committed before is applied. */
    void leading(long term);

    /** This member is no leader, or not any more. */
    void following();

    /** The log cannot go on on this member (a full or failing disk): nothing will be applied any more. Any thread. */
    void failed(String reason);

    /** A captured state. */
    interface Snapshot extends AutoCloseable {
        /** Writes the state, forced to disk, and returns the names of the files that are in a directory or will be when it is {@link #lend lent}. Any thread. */
        String[] write(Path directory) throws IOException;

        @Override
        void close();
    }
}
