package io.myriad.store.state;

import java.util.List;

import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.Slice;

/** A request on keys, read from the wire once. Parts of it may be slices of the request's bytes. */
public sealed interface Operation {

    /** Whether the operation may put a key, in any case of its comparisons. */
    default boolean mayPut() {
        return switch (this) {
            case Put put -> true;
            case Txn txn -> txn.success().stream().anyMatch(Operation::mayPut)
                    || txn.failure().stream().anyMatch(Operation::mayPut);
            case Range range -> false;
            case DeleteRange delete -> false;
            case Empty empty -> false;
        };
    }

    /** The same change, which fails when this one does, without what only the answer is read for. */
    default Operation unanswered() {
        return switch (this) {
            case Range range -> new Range(range.query().anyKey(), range.serializable(), range.sortValid());
            case Put put -> put.previous()
                    ? new Put(put.key(), put.value(), put.lease(), false, put.ignoreValue(), put.ignoreLease())
                    : put;
            case DeleteRange delete -> new DeleteRange(delete.keys(), false);
            case Txn txn -> new Txn(txn.comparisons(), unanswered(txn.success()), unanswered(txn.failure()));
            case Empty empty -> empty;
        };
    }

    private static List<Operation> unanswered(List<Operation> operations) {
        return operations.stream().map(Operation::unanswered).toList();
    }

    /** Reads keys. {@code sortValid} is false when the request named a sort order or target that does not exist. */
    record Range(RangeQuery query, boolean serializable, boolean sortValid) implements Operation {}

    /** Writes a key. */
    record Put(byte[] key, Slice value, long lease, boolean previous, boolean ignoreValue,
            boolean ignoreLease) implements Operation {}

    /** Deletes keys. */
    record DeleteRange(KeyRange keys, boolean previous) implements Operation {}

    /** Compares, then does one of two lists of operations. */
    record Txn(List<Comparison> comparisons, List<Operation> success, List<Operation> failure) implements Operation {

        /** Whether both lists hold nothing but ranges. */
        public boolean isReadOnly() {
            return success.stream().allMatch(Range.class::isInstance)
                    && failure.stream().allMatch(Range.class::isInstance);
        }

        /** Whether both lists hold nothing but serializable ranges. */
        public boolean isSerializable() {
            return success.stream().allMatch(Txn::isSerializable) && failure.stream().allMatch(Txn::isSerializable);
        }

        private static boolean isSerializable(Operation operation) {
            return operation instanceof Range range && range.serializable();
        }
    }

    /** An operation of a transaction that says nothing. */
    record Empty() implements Operation {}

    /** One comparison of a transaction: true when it holds for every key of the range. */
    record Comparison(Outcome outcome, Field field, KeyRange keys, long number, Slice value) {

        /** Numbers are those of the protocol. */
        public enum Outcome {
            EQUAL, GREATER, LESS, NOT_EQUAL;

            static final Outcome[] VALUES = values();
        }

        /** Numbers are those of the protocol. */
        public enum Field {
            VERSION, CREATE, MOD, VALUE, LEASE;

            static final Field[] VALUES = values();
        }
    }
}
