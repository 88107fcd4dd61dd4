package io.myriad.store.mvcc;

import java.util.Arrays;

/**
 * What a range found.
 *
 * @param status whether the revision could be read; the rest is empty if not
 * @param revision the store's revision when it was read
 * @param versions the key-values, in the first {@code size} elements; shared, not to be modified
 * @param size number of key-values
 * @param more whether the limit cut something off
 * @param count number of keys in the range at the revision, before bounds on revisions and the limit
 */
public record RangeResult(RevisionStatus status, long revision, KeyVersion[] versions, int size, boolean more,
        long count) {

    private static final KeyVersion[] NONE = new KeyVersion[0];

    /**
     * The key-values with their values, in the order of their revisions. What is not in memory is read while somebody walks over them, several at once, and not kept; what can happen then is
     * said at {@link KeyVersion#keyValue}.
     */
    public Iterable<KeyVersion> whole() {
        KeyVersion[] sorted = Arrays.copyOf(versions, size);
        Arrays.sort(sorted, KeyVersion::compareRevisions);
        return new WholeVersions(Arrays.asList(sorted));
    }

    static RangeResult unavailable(RevisionStatus status, long revision) {
        return new RangeResult(status, revision, NONE, 0, false, 0);
    }

    static RangeResult counted(long revision, long count) {
        return new RangeResult(RevisionStatus.AVAILABLE, revision, NONE, 0, false, count);
    }
}
