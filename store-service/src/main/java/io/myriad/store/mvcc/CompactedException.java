package io.myriad.store.mvcc;

/** What was to be read was compacted while it was being read: the view is older than the last compaction. Whoever asked for the current state looks at a newer view. */
public final class CompactedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CompactedException(String what) {
        super(what, null, false, false);
    }
}
