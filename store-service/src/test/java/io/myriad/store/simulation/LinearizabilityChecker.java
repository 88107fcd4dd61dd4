package io.myriad.store.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether operations that overlap in time could have happened one after the other, each at a moment between its call and its return.
 *
 * <p>The search is that of Wing and Gong (Testing and Verifying Concurrent Objects, 1993): the next operation is one that was called before any other that is left returned; if the state does not allow any, the last
 * choice was wrong. What makes it fast enough is Lowe's addition (Testing for linearizability, 2017): the same operations with the same state as their result need not be looked at twice.
 *
 * <p>An operation that never returned may have happened at any time after its call, or not at all.
 */
final class LinearizabilityChecker {

    private LinearizabilityChecker() {}

    /**
     * Something that was done.
     *
     * @param returned {@link Long#MAX_VALUE} if nobody knows whether it was
     */
    record Operation<T>(long called, long returned, T step) {
        boolean isKnown() { return returned != Long.MAX_VALUE; }
    }

    /** What an object does. States are values. */
    interface Model<S, T> {
        S initial();

        /** The state after an operation; empty if the operation cannot have had its result in this state. */
        Optional<S> after(S state, T step);
    }

    /** Operations that have been put in order, and what came of them. */
    private record Reached<S>(BitSet operations, S state) {}

    static <S, T> boolean isLinearizable(Model<S, T> model, List<Operation<T>> history) {
        List<Operation<T>> operations = new ArrayList<>(history);
        operations.sort(Comparator.comparingLong(Operation::called));
        Set<Reached<S>> known = new HashSet<>();
        Deque<Reached<S>> left = new ArrayDeque<>();
        left.push(new Reached<>(new BitSet(operations.size()), model.initial()));
        while (!left.isEmpty()) {
            Reached<S> reached = left.pop();
            long firstReturn = firstReturn(operations, reached.operations);
            if (firstReturn == Long.MAX_VALUE) {
                return true;
            }
            for (int i = reached.operations.nextClearBit(0); i < operations.size()
                    && operations.get(i).called <= firstReturn; i = reached.operations.nextClearBit(i + 1)) {
                int chosen = i;
                model.after(reached.state, operations.get(i).step).ifPresent(state -> {
                    BitSet with = (BitSet) reached.operations.clone();
                    with.set(chosen);
                    Reached<S> next = new Reached<>(with, state);
                    if (known.add(next)) {
                        left.push(next);
                    }
                });
            }
        }
        return false;
    }

    private static <T> long firstReturn(List<Operation<T>> operations, BitSet done) {
        long first = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            if (operations.get(i).called > first) {
                break;
            }
            first = Math.min(first, operations.get(i).returned);
        }
        return first;
    }
}
