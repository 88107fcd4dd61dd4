package io.myriad.store.mvcc;

import java.io.IOException;

/** Where the values lie that are not in memory. Any thread. */
@FunctionalInterface
public interface ValueSource {

    /**
     * Reads whole key-values.
     *
     * @param modRevisions the revisions that wrote them, ascending
     * @param subRevisions their places within these
     * @return as many; null for one that compaction has removed
     */
    byte[][] read(long[] modRevisions, int[] subRevisions) throws IOException;
}
