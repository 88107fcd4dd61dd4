package io.myriad.store.simulation;

import java.util.Optional;

/** One key: a register that holds a value, each of which is written at most once, or the empty one. */
final class KeyModel implements LinearizabilityChecker.Model<String, KeyModel.Step> {

    /** What was done to the key; a result that nobody knows is null. */
    sealed interface Step permits Put, Delete, CompareAndPut, Get {}

    record Put(String value) implements Step {}

    record Delete(Boolean existed) implements Step {}

    /** Puts a value if the key has another, and says what it has if not. */
    record CompareAndPut(String expected, String value, Boolean succeeded, String seen) implements Step {}

    record Get(String seen) implements Step {}

    @Override
    public String initial() {
        return "";
    }

    @Override
    public Optional<String> after(String state, Step step) {
        return switch (step) {
            case Put put -> Optional.of(put.value);
            case Delete delete -> delete.existed == null || delete.existed == !state.isEmpty()
                    ? Optional.of("")
                    : Optional.empty();
            case Get get -> get.seen.equals(state) ? Optional.of(state) : Optional.empty();
            case CompareAndPut compare -> {
                boolean equal = compare.expected.equals(state);
                if (compare.succeeded != null
                        && (compare.succeeded != equal || !equal && !compare.seen.equals(state))) {
                    yield Optional.empty();
                }
                yield Optional.of(equal ? compare.value : state);
            }
        };
    }
}
