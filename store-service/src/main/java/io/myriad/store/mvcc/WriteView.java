package io.myriad.store.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * One transaction: all its changes have one revision, the next one, and become visible together. It sees its own changes: after the first one
 * {@link #revision} is the new revision. A transaction that changed nothing leaves the revision as it was. Not for concurrent use.
 */
public interface WriteView extends ReadView {

    /**
     * Writes a key-value.
     *
     * @param lease the lease that it belongs to, 0 for none; leases are not looked at here
     * @return the key-value before, null if there was none
     */
    @Nullable
    KeyVersion put(byte[] key, Slice value, long lease);

    /** Deletes all keys of a range and returns their last key-values in key order, in the array up to the first null. */
    KeyVersion[] deleteRange(KeyRange range);

    /** Ends the transaction. Readers see it with the store's next {@link RevisionStore#publish}. */
    void commit();
}
