package io.myriad.store.mvcc;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Keys from {@code from} (inclusive) to {@code to} (exclusive). A null {@code to} means {@code from} alone, an empty one everything from {@code from} on.
 */
public record KeyRange(byte[] from, byte @Nullable [] to) {

    private static final byte[] UNBOUNDED = new byte[0];

    /** As etcd's requests say it: no range end is a single key, the range end {@code \0} is everything from the key on. */
    public static KeyRange ofRequest(byte[] key, byte[] rangeEnd) {
        if (rangeEnd.length == 0) {
            return new KeyRange(key, null);
        }
        return new KeyRange(key, rangeEnd.length == 1 && rangeEnd[0] == 0 ? UNBOUNDED : rangeEnd);
    }

    public static KeyRange single(byte[] key) {
        return new KeyRange(key, null);
    }

    public boolean isSingle() { return to == null; }

    public boolean isUnbounded() { return to != null && to.length == 0; }

    /** Whether a version's key lies in the range. */
    public boolean contains(KeyVersion version) {
        int order = version.compareKey(from);
        if (to == null) {
            return order == 0;
        }
        return order >= 0 && (to.length == 0 || version.compareKey(to) < 0);
    }

    /** Whether a key lies in the range. */
    public boolean contains(byte[] key) {
        int order = Arrays.compareUnsigned(key, from);
        if (to == null) {
            return order == 0;
        }
        return order >= 0 && (to.length == 0 || Arrays.compareUnsigned(key, to) < 0);
    }

    /** Whether two ranges have a key in common. */
    public boolean intersects(KeyRange other) {
        return startsBeforeEndOf(other) && other.startsBeforeEndOf(this);
    }

    private boolean startsBeforeEndOf(KeyRange other) {
        if (other.to == null) {
            return Arrays.compareUnsigned(from, other.from) <= 0;
        }
        return other.to.length == 0 || Arrays.compareUnsigned(from, other.to) < 0;
    }
}
