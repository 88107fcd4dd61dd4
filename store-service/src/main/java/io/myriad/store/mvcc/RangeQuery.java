package io.myriad.store.mvcc;

/**
 * What a range asks for, in etcd's terms.
 *
 * @param keys the keys
 * @param revision the revision to read at; 0 is the current one
 * @param limit most key-values to return; 0 is no limit
 * @param order how to sort; {@link Order#NONE} on {@link Target#KEY} is key order
 * @param target what to sort by
 * @param keysOnly leave values out
 * @param countOnly return only the number of keys
 * @param minModRevision and the other three: bounds on the revisions of a key-value, 0 for none; applied after counting
 */
public record RangeQuery(KeyRange keys, long revision, long limit, Order order, Target target, boolean keysOnly,
        boolean countOnly, long minModRevision,
        long maxModRevision, long minCreateRevision, long maxCreateRevision) {

    /** Numbers are those of the protocol. */
    public enum Order {
        NONE, ASCEND, DESCEND;

        static final Order[] VALUES = values();
    }

    /** Numbers are those of the protocol. */
    public enum Target {
        KEY, VERSION, CREATE, MOD, VALUE;

        static final Target[] VALUES = values();
    }

    /** All key-values of a range at the current revision. */
    public static RangeQuery all(KeyRange keys) {
        return at(keys, 0);
    }

    /** The same without values. */
    public static RangeQuery keysOf(KeyRange keys) {
        return new RangeQuery(keys, 0, 0, Order.NONE, Target.KEY, true, false, 0, 0, 0, 0);
    }

    /** All key-values of a range at a revision. */
    public static RangeQuery at(KeyRange keys, long revision) {
        return new RangeQuery(keys, revision, 0, Order.NONE, Target.KEY, false, false, 0, 0, 0, 0);
    }

    /** Whether there is any key, and what else can be found out without reading values: whether the revision can be read. */
    public RangeQuery anyKey() {
        return new RangeQuery(keys, revision, 1, Order.NONE, Target.KEY, true, false, 0, 0, 0, 0);
    }

    /** The same query with another limit. */
    public RangeQuery withLimit(long otherLimit) {
        return new RangeQuery(keys, revision, otherLimit, order, target, keysOnly, countOnly, minModRevision,
                maxModRevision, minCreateRevision,
                maxCreateRevision);
    }

    /** Whether results come in key order without sorting. */
    public boolean isKeyOrder() {
        return order == Order.NONE && target == Target.KEY || target == Target.KEY && order == Order.ASCEND
                || order == Order.NONE;
    }

    /** Whether revisions of the key-values are bounded. */
    public boolean isFiltered() {
        return minModRevision != 0 || maxModRevision != 0 || minCreateRevision != 0 || maxCreateRevision != 0;
    }
}
