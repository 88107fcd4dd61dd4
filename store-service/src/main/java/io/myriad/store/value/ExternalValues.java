package io.myriad.store.value;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the key-values of versions outside of this process. Any thread for {@link #get} and {@link #getAll}; one at a time for the rest.
 *
 * <p>{@link #put} and {@link #delete} may send what was given to them before, so they may throw as {@link #flush} does, and mean the same then.
 */
public interface ExternalValues extends AutoCloseable {

    /** Keeps one, which is not to be modified any more; it can be got when {@link #flush} has returned. Overwrites. */
    void put(long modRevision, int subRevision, byte[] keyValue) throws IOException;

    /** Forgets one; that there is none is no error. */
    void delete(long modRevision, int subRevision) throws IOException;

    /**
     * Returns when all that was put and deleted since the last time has been acknowledged; throws if any of it was not, after which all of it is to be done
     * again.
     */
    void flush() throws IOException;

    /** The key-value that was put; null if there is none. Throws if it cannot be asked for, or if what is there is not what was put. */
    byte @Nullable [] get(long modRevision, int subRevision) throws IOException;

    /** Several, in the order that they are asked for, in few round trips; null for each that there is none of. All of them are in memory at once, so the caller bounds how many. */
    byte[] @Nullable [] getAll(long[] modRevisions, int[] subRevisions) throws IOException;

    /** Forgets everything of this member, what was not flushed included. */
    void clear() throws IOException;

    /** Gives up what was not flushed. */
    @Override
    void close();
}
