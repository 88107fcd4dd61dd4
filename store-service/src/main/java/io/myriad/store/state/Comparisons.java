package io.myriad.store.state;

import java.util.Arrays;

import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.RangeResult;
import io.myriad.store.mvcc.ReadView;

/** Decides the comparisons of transactions. */
final class Comparisons {

    private Comparisons() {}

    /** Whether a comparison holds for every key of its range. No key at all compares as a key-value of zeros, except that its value compares as false. */
    static boolean holds(Operation.Comparison comparison, ReadView view) {
        if (comparison.keys().isSingle()) {
            KeyVersion version = view.get(comparison.keys().from());
            return version == null ? holdsForAbsent(comparison) : holds(comparison, version);
        }
        RangeResult result = view.range(RangeQuery.keysOf(comparison.keys()));
        if (result.size() == 0) {
            return holdsForAbsent(comparison);
        }
        // All members have to compare, so that there may be more values than memory has room for is no reason to refuse.
        Iterable<KeyVersion> versions = comparison.field() == Operation.Comparison.Field.VALUE
                ? result.whole()
                : Arrays.asList(result.versions()).subList(0, result.size());
        for (KeyVersion version : versions) {
            if (!holds(comparison, version)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holdsForAbsent(Operation.Comparison comparison) {
        return comparison.field() != Operation.Comparison.Field.VALUE && holds(comparison, KeyVersion.Fields.ABSENT);
    }

    private static boolean holds(Operation.Comparison comparison, KeyVersion version) {
        if (comparison.field() == Operation.Comparison.Field.MOD) {
            return holds(comparison.outcome(), Long.compare(version.modRevision(), comparison.number()));
        }
        if (comparison.field() == Operation.Comparison.Field.VALUE) {
            return holds(comparison.outcome(), version.value().compareTo(comparison.value()));
        }
        return holds(comparison, version.fields());
    }

    private static boolean holds(Operation.Comparison comparison, KeyVersion.Fields fields) {
        return holds(comparison.outcome(), switch (comparison.field()) {
            case VERSION -> Long.compare(fields.version(), comparison.number());
            case CREATE -> Long.compare(fields.createRevision(), comparison.number());
            case MOD -> Long.compare(fields.modRevision(), comparison.number());
            case VALUE -> throw new IllegalArgumentException("a value is no number");
            case LEASE -> Long.compare(fields.lease(), comparison.number());
        });
    }

    private static boolean holds(Operation.Comparison.Outcome outcome, int order) {
        return switch (outcome) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }
}
