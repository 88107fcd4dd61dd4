package io.myriad.store.mvcc;

/** Whether a revision can be read. */
public enum RevisionStatus {
    /** It can be read. */
    AVAILABLE,
    /** It is older than the last compaction. */
    COMPACTED,
    /** It has not happened yet. */
    FUTURE
}
