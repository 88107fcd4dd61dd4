package io.myriad.store.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.store.api.auth.Permission;
import io.myriad.store.mvcc.KeyRange;

/**
 * Which keys a user may read and write: ranges without overlaps, in key order. A request is permitted when the permitted ranges together hold all its keys, so of {@code [a, c)} and
 * {@code [c, e)} follows {@code [b, d)}.
 */
final class KeyPermissions {

    /** Everything. */
    static final KeyPermissions ALL = new KeyPermissions(List.of(new Range(new byte[0], null)),
            List.of(new Range(new byte[0], null)));

    private final List<Range> readable;
    private final List<Range> writable;

    /** From a key on, up to another; null: without end. */
    private record Range(byte[] from, byte @Nullable [] to) {

        static Range of(byte[] key, byte[] rangeEnd) {
            return of(KeyRange.ofRequest(key, rangeEnd));
        }

        static Range of(KeyRange keys) {
            byte[] to = keys.to();
            if (to == null) {
                return new Range(keys.from(), Arrays.copyOf(keys.from(), keys.from().length + 1));
            }
            return new Range(keys.from(), to.length == 0 ? null : to);
        }

        boolean holds(Range other) {
            return Arrays.compareUnsigned(from, other.from) <= 0 && endsNotBefore(other.to);
        }

        boolean endsNotBefore(byte @Nullable [] end) {
            return to == null || end != null && Arrays.compareUnsigned(to, end) >= 0;
        }
    }

    private KeyPermissions(List<Range> readable, List<Range> writable) {
        this.readable = readable;
        this.writable = writable;
    }

    static KeyPermissions of(List<Permission> permissions) {
        return new KeyPermissions(merged(permissions, Permission.Type.WRITE),
                merged(permissions, Permission.Type.READ));
    }

    private static List<Range> merged(List<Permission> permissions, Permission.Type butNot) {
        List<Range> sorted = permissions.stream().filter(each -> each.getPermType() != butNot)
                .map(each -> Range.of(each.getKey().toByteArray(), each.getRangeEnd().toByteArray()))
                .sorted(Comparator.comparing(Range::from, Arrays::compareUnsigned)).toList();
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || last.to != null && Arrays.compareUnsigned(last.to, range.from) < 0) {
                merged.add(range);
            } else if (!last.endsNotBefore(range.to)) {
                merged.set(merged.size() - 1, new Range(last.from, range.to));
            }
        }
        return List.copyOf(merged);
    }

    boolean mayRead(KeyRange keys) {
        return holds(readable, keys);
    }

    boolean mayWrite(KeyRange keys) {
        return holds(writable, keys);
    }

    private static boolean holds(List<Range> ranges, KeyRange keys) {
        Range wanted = Range.of(keys);
        return ranges.stream().anyMatch(range -> range.holds(wanted));
    }
}
