package io.myriad.store.state;

import java.util.ArrayList;
import java.util.List;

import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.Slice;
import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireReader;

/** Reads requests on keys from their wire format; field numbers are those of {@code rpc.proto}. Throws {@link WireFormatException} on malformed bytes. */
public final class OperationDecoder {

    /** Transactions within transactions, at most. Guards the stack: the limit on operations alone allows some hundred levels. */
    static final int MAX_DEPTH = 130;

    private static final byte[] EMPTY = new byte[0];
    private static final RangeQuery.Order[] ORDERS = RangeQuery.Order.values();
    private static final RangeQuery.Target[] TARGETS = RangeQuery.Target.values();

    private OperationDecoder() {}

    /** The operation on keys that a command's payload is. */
    static Operation operation(Command command, byte[] payload) {
        return switch (command) {
            case PUT -> put(payload);
            case DELETE_RANGE -> deleteRange(payload);
            case TXN -> txn(payload);
            default -> throw new IllegalStateException(command + " is no operation on keys");
        };
    }

    public static Operation.Range range(byte[] request) {
        return range(new WireReader(request));
    }

    public static Operation.Put put(byte[] request) {
        return put(new WireReader(request));
    }

    public static Operation.DeleteRange deleteRange(byte[] request) {
        return deleteRange(new WireReader(request));
    }

    public static Operation.Txn txn(byte[] request) {
        return txn(new WireReader(request), 0);
    }

    private static Operation.Range range(WireReader reader) {
        byte[] key = EMPTY;
        byte[] end = EMPTY;
        long limit = 0;
        long revision = 0;
        long order = 0;
        long target = 0;
        boolean serializable = false;
        boolean keysOnly = false;
        boolean countOnly = false;
        long[] bounds = new long[4];
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> end = reader.bytes();
                case 3 -> limit = reader.varint();
                case 4 -> revision = reader.varint();
                case 5 -> order = reader.varint();
                case 6 -> target = reader.varint();
                case 7 -> serializable = reader.bool();
                case 8 -> keysOnly = reader.bool();
                case 9 -> countOnly = reader.bool();
                case 10, 11, 12, 13 -> bounds[field - 10] = reader.varint();
                default -> reader.skip();
            }
        }
        boolean sortValid = order >= 0 && order < ORDERS.length && target >= 0 && target < TARGETS.length;
        RangeQuery query = new RangeQuery(KeyRange.ofRequest(key, end), revision, limit,
                sortValid ? ORDERS[(int) order] : RangeQuery.Order.NONE,
                sortValid ? TARGETS[(int) target] : RangeQuery.Target.KEY, keysOnly, countOnly, bounds[0], bounds[1],
                bounds[2], bounds[3]);
        return new Operation.Range(query, serializable, sortValid);
    }

    private static Operation.Put put(WireReader reader) {
        byte[] key = EMPTY;
        Slice value = Slice.EMPTY;
        long lease = 0;
        boolean previous = false;
        boolean ignoreValue = false;
        boolean ignoreLease = false;
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = slice(reader);
                case 3 -> lease = reader.varint();
                case 4 -> previous = reader.bool();
                case 5 -> ignoreValue = reader.bool();
                case 6 -> ignoreLease = reader.bool();
                default -> reader.skip();
            }
        }
        return new Operation.Put(key, value, lease, previous, ignoreValue, ignoreLease);
    }

    private static Operation.DeleteRange deleteRange(WireReader reader) {
        byte[] key = EMPTY;
        byte[] end = EMPTY;
        boolean previous = false;
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> end = reader.bytes();
                case 3 -> previous = reader.bool();
                default -> reader.skip();
            }
        }
        return new Operation.DeleteRange(KeyRange.ofRequest(key, end), previous);
    }

    private static Operation.Txn txn(WireReader reader, int depth) {
        if (depth > MAX_DEPTH) {
            throw new WireFormatException("transactions nested deeper than " + MAX_DEPTH);
        }
        List<Operation.Comparison> comparisons = new ArrayList<>(2);
        List<Operation> success = new ArrayList<>(2);
        List<Operation> failure = new ArrayList<>(2);
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> comparisons.add(comparison(reader.message()));
                case 2 -> success.add(operation(reader.message(), depth));
                case 3 -> failure.add(operation(reader.message(), depth));
                default -> reader.skip();
            }
        }
        return new Operation.Txn(comparisons, success, failure);
    }

    private static Operation operation(WireReader reader, int depth) {
        Operation operation = new Operation.Empty();
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> operation = range(reader.message());
                case 2 -> operation = put(reader.message());
                case 3 -> operation = deleteRange(reader.message());
                case 4 -> operation = txn(reader.message(), depth + 1);
                default -> reader.skip();
            }
        }
        return operation;
    }

    private static Operation.Comparison comparison(WireReader reader) {
        long outcome = 0;
        long target = 0;
        byte[] key = EMPTY;
        byte[] end = EMPTY;
        int given = 0;
        long number = 0;
        Slice value = Slice.EMPTY;
        for (int field; (field = reader.nextField()) != 0;) {
            switch (field) {
                case 1 -> outcome = reader.varint();
                case 2 -> target = reader.varint();
                case 3 -> key = reader.bytes();
                case 4, 5, 6, 8 -> {
                    given = field;
                    number = reader.varint();
                }
                case 7 -> {
                    given = field;
                    value = slice(reader);
                }
                case 64 -> end = reader.bytes();
                default -> reader.skip();
            }
        }
        Operation.Comparison.Outcome[] outcomes = Operation.Comparison.Outcome.VALUES;
        Operation.Comparison.Field[] fields = Operation.Comparison.Field.VALUES;
        if (outcome < 0 || outcome >= outcomes.length || target < 0 || target >= fields.length) {
            throw new WireFormatException("unknown comparison " + outcome + " of " + target);
        }
        // A value given for another field than the one compared counts as absent, as with etcd's union.
        boolean matches = given == target + 4;
        return new Operation.Comparison(outcomes[(int) outcome], fields[(int) target], KeyRange.ofRequest(key, end),
                matches ? number : 0,
                matches ? value : Slice.EMPTY);
    }

    private static Slice slice(WireReader reader) {
        Slice slice = new Slice(reader.array(), reader.contentOffset(), reader.contentLength());
        reader.advance();
        return slice;
    }
}
