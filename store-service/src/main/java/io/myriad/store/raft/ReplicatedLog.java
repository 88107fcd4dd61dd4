package io.myriad.store.raft;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.state.StoreError;

/**
 * A log that a group of members agrees on. An entry is <em>committed</em> when a quorum has it on disk (forced); committed entries are applied on every member in the same
 * order, by one thread. Thread-safe; no method blocks.
 */
public interface ReplicatedLog extends AutoCloseable {

    /** What became of an attempt to append. */
    enum Outcome {
        /** The leader took it. It will be applied unless the leader fails first. */
        ACCEPTED,
        /** It was not appended and never will be: there was no leader, or it was busy. It may be tried again. */
        REJECTED,
        /** It may or may not be applied later. */
        UNKNOWN
    }

    /** Who leads, as far as this member knows. {@code leaderId} 0: nobody. */
    record Leadership(long leaderId, long term, boolean local) {
        public static final Leadership NONE = new Leadership(0, 0, false);

        public boolean known() {
            return leaderId != 0;
        }
    }

    /** Appends an entry, by way of the leader when that is another member. The callback comes once, on any thread. */
    void append(byte[] entry, Consumer<Outcome> callback);

    /**
     * Calls back when everything that had been committed when this was called is applied here, so that reading local state is linearizable; with an error if that cannot be
     * assured. The callback comes once, on any thread.
     */
    void readIndex(Consumer<@Nullable StoreError> callback);

    /** Whether local state is linearizable as it is: this member leads a cluster of one. */
    boolean readsAreLocal();

    Leadership leadership();

    /** Index of the last entry known to be committed. */
    long committedIndex();

    /** Index of the last entry applied here. */
    long appliedIndex();

    /**
     * Writes a snapshot of the state and drops the log before it. Returns at once.
     *
     * @param done runs when that has come to an end, good or bad; any thread
     */
    void requestSnapshot(Runnable done);

    /** Hands leadership to another member; false if that member cannot take it. */
    boolean transferLeadership(long memberId);

    @Override
    void close();
}
