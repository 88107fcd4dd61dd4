package io.myriad.store.state;

import java.util.List;

import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.StoreView;

/** How much the answer to operations needs that is not in memory: counted in the index, without reading it. */
final class BytesToRead {

    private BytesToRead() {}

    /** Bytes of key-values that would have to be read. Of a transaction's two lists the one that needs more counts, whatever its comparisons say. */
    static long of(Operation operation, StoreView view) {
        return switch (operation) {
            case Operation.Range range -> view.bytesToRead(range.query());
            case Operation.Put put ->
                put.previous() ? view.bytesToRead(RangeQuery.all(KeyRange.single(put.key()))) : 0;
            case Operation.DeleteRange delete ->
                delete.previous() ? view.bytesToRead(RangeQuery.all(delete.keys())) : 0;
            case Operation.Txn txn -> Math.max(of(txn.success(), view), of(txn.failure(), view));
            case Operation.Empty empty -> 0;
        };
    }

    /** The same for operations that all happen. */
    static long of(List<Operation> operations, StoreView view) {
        long bytes = 0;
        for (Operation operation : operations) {
            bytes += of(operation, view);
        }
        return bytes;
    }
}
