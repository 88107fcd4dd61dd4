package io.myriad.store.state;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.store.mvcc.KeyRange;

/** What makes a request on keys invalid before it is looked at against any state; the order of the checks is etcd's, because the first error is the answer. */
public final class OperationRules {

    private OperationRules() {}

    /** The error of a request, null if it is valid. */
    public static @Nullable StoreError check(Operation operation, int maxTxnOperations) {
        return switch (operation) {
            case Operation.Range range -> checkRange(range);
            case Operation.Put put -> checkPut(put);
            case Operation.DeleteRange delete -> delete.keys().from().length == 0 ? StoreError.EMPTY_KEY : null;
            case Operation.Txn txn -> checkWholeTxn(txn, maxTxnOperations);
            case Operation.Empty empty -> StoreError.KEY_NOT_FOUND;
        };
    }

    /** The error of a range that is to be streamed, null if it is valid. */
    public static @Nullable StoreError checkStream(Operation.Range range) {
        StoreError error = checkRange(range);
        if (error != null) {
            return error;
        }
        if (!range.query().isKeyOrder()) {
            return StoreError.STREAM_SORT_UNSUPPORTED;
        }
        return range.query().isFiltered() ? StoreError.STREAM_FILTER_UNSUPPORTED : null;
    }

    private static @Nullable StoreError checkRange(Operation.Range range) {
        if (range.query().keys().from().length == 0) {
            return StoreError.EMPTY_KEY;
        }
        return range.sortValid() ? null : StoreError.INVALID_SORT_OPTION;
    }

    private static @Nullable StoreError checkPut(Operation.Put put) {
        if (put.key().length == 0) {
            return StoreError.EMPTY_KEY;
        }
        if (put.ignoreValue() && put.value().length() != 0) {
            return StoreError.VALUE_PROVIDED;
        }
        return put.ignoreLease() && put.lease() != 0 ? StoreError.LEASE_PROVIDED : null;
    }

    private static @Nullable StoreError checkWholeTxn(Operation.Txn txn, int maxOperations) {
        StoreError error = checkTxn(txn, maxOperations);
        if (error != null) {
            return error;
        }
        if (isTrivial(txn.success()) && isTrivial(txn.failure())) {
            return null;
        }
        return collect(txn.success()) == null || collect(txn.failure()) == null ? StoreError.DUPLICATE_KEY : null;
    }

    /** One operation cannot overlap with itself; this is what Kubernetes sends. */
    private static boolean isTrivial(List<Operation> operations) {
        return operations.isEmpty() || operations.size() == 1 && !(operations.getFirst() instanceof Operation.Txn);
    }

    private static @Nullable StoreError checkTxn(Operation.Txn txn, int maxOperations) {
        int operations = Math.max(txn.comparisons().size(), Math.max(txn.success().size(), txn.failure().size()));
        if (operations > maxOperations) {
            return StoreError.TOO_MANY_OPERATIONS;
        }
        for (Operation.Comparison comparison : txn.comparisons()) {
            if (comparison.keys().from().length == 0) {
                return StoreError.EMPTY_KEY;
            }
        }
        StoreError error = checkList(txn.success(), maxOperations - operations);
        return error != null ? error : checkList(txn.failure(), maxOperations - operations);
    }

    private static @Nullable StoreError checkList(List<Operation> operations, int maxOperations) {
        for (Operation operation : operations) {
            StoreError error = operation instanceof Operation.Txn nested
                    ? checkTxn(nested, maxOperations)
                    : check(operation, maxOperations);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    /** Keys that a list of operations puts and ranges that it deletes. */
    private record Changes(Set<ByteBuffer> puts, List<KeyRange> deletes) {

        boolean deletes(ByteBuffer key) {
            return deletes.stream().anyMatch(range -> range.contains(key.array()));
        }
    }

    /** What a list of operations changes, null if two of them that can both happen put the same key, or one puts what another deletes. */
    private static @Nullable Changes collect(List<Operation> operations) {
        Changes changes = new Changes(new HashSet<>(), new ArrayList<>());
        for (Operation operation : operations) {
            if (operation instanceof Operation.DeleteRange delete) {
                changes.deletes.add(delete.keys());
            }
        }
        for (Operation operation : operations) {
            if (operation instanceof Operation.Txn txn && !collectNested(txn, changes)) {
                return null;
            }
        }
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                ByteBuffer key = ByteBuffer.wrap(put.key());
                if (changes.deletes(key) || !changes.puts.add(key)) {
                    return null;
                }
            }
        }
        return changes;
    }

    private static boolean collectNested(Operation.Txn txn, Changes outer) {
        Changes success = collect(txn.success());
        Changes failure = success == null ? null : collect(txn.failure());
        if (success == null || failure == null) {
            return false;
        }
        // Success and failure exclude each other, so a key that both put is put once.
        Set<ByteBuffer> puts = new HashSet<>(success.puts);
        puts.addAll(failure.puts);
        if (!Collections.disjoint(outer.puts, puts) || puts.stream().anyMatch(outer::deletes)) {
            return false;
        }
        outer.puts.addAll(puts);
        outer.deletes.addAll(success.deletes);
        outer.deletes.addAll(failure.deletes);
        return true;
    }
}
