package io.myriad.store.mvcc;

/**
 * The multi-version store. One thread writes; any thread may call {@link #view}.
 *
 * <p>The revision grows by one with each transaction that changes something, and never falls.
 */
public interface RevisionStore {

    /** What was last published. */
    StoreView view();

    /** Begins a transaction. The one before must have been committed. */
    WriteView begin();

    /** What the writer sees: all committed transactions, published or not. */
    ReadView latest();

    /**
     * Gives up the history before {@code revision}: of each key only the newest version at that revision is kept, or none if it was deleted.
     *
     * @return {@link RevisionStatus#AVAILABLE} if done, {@link RevisionStatus#COMPACTED} if it was compacted at this or a later revision before,
     *         {@link RevisionStatus#FUTURE} if the revision has not happened yet
     */
    RevisionStatus compact(long revision);

    /** Makes all committed transactions visible to readers. */
    void publish();
}
