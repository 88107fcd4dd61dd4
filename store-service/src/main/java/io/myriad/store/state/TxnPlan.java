package io.myriad.store.state;

import java.util.ArrayList;
import java.util.List;

import io.myriad.store.mvcc.ReadView;

/**
 * A transaction with all its comparisons decided, nested ones included: they all look at the state before the transaction.
 *
 * @param operations what is to be done
 * @param nested plans of the transactions among these, in their order
 */
record TxnPlan(boolean succeeded, List<Operation> operations, List<TxnPlan> nested) {

    static TxnPlan of(Operation.Txn txn, ReadView view) {
        boolean succeeded = true;
        for (Operation.Comparison comparison : txn.comparisons()) {
            if (!Comparisons.holds(comparison, view)) {
                succeeded = false;
                break;
            }
        }
        List<Operation> operations = succeeded ? txn.success() : txn.failure();
        List<TxnPlan> nested = new ArrayList<>(0);
        for (Operation operation : operations) {
            if (operation instanceof Operation.Txn inner) {
                nested.add(of(inner, view));
            }
        }
        return new TxnPlan(succeeded, operations, nested);
    }
}
