package io.myriad.store.mvcc;

import org.jspecify.annotations.Nullable;

/** Keys at one moment. What a view shows at its own {@link #revision} never changes; older revisions can be read until they are compacted. */
public interface ReadView {

    /** The newest revision that this view shows. A store begins at 1. */
    long revision();

    /** The revision of the last compaction, 0 before the first. Revisions before it cannot be read; it can. */
    long compactedRevision();

    /** Whether a revision can be read; 0 stands for the current one. */
    default RevisionStatus status(long revision) {
        if (revision > revision()) {
            return RevisionStatus.FUTURE;
        }
        return revision > 0 && revision < compactedRevision() ? RevisionStatus.COMPACTED : RevisionStatus.AVAILABLE;
    }

    /** The key-value of a key at this view's revision; null if there is none. */
    @Nullable
    KeyVersion get(byte[] key);

    /** Key-values of a range. Does not block, takes no lock. */
    RangeResult range(RangeQuery query);
}
