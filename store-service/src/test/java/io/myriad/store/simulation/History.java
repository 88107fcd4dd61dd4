package io.myriad.store.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All calls of a run. */
final class History {

    private final List<Call> calls = new ArrayList<>();

    Call begin(int client, Call.Kind kind, String key, String otherKey, long argument, boolean serializable,
            long now) {
        Call call = new Call(calls.size(), client, kind, key, otherKey, argument, serializable, now);
        calls.add(call);
        return call;
    }

    List<Call> calls() {
        return calls;
    }

    /**
     * Revisions number the states of the store, so they tell much of the order at once: what was asked for after somebody had been told a revision must not be answered from an older state, and
     * a write has to make a newer one.
     */
    void checkRevisions() {
        List<Call> byCompletion = calls.stream().filter(call -> call.status == Call.Status.DONE)
                .sorted(Comparator.comparingLong(call -> call.completedAt)).toList();
        List<Call> byInvocation = calls.stream().filter(call -> call.status == Call.Status.DONE)
                .sorted(Comparator.comparingLong(call -> call.invokedAt)).toList();
        int told = 0;
        Call newest = null;
        for (Call call : byInvocation) {
            while (told < byCompletion.size() && byCompletion.get(told).completedAt < call.invokedAt) {
                Call earlier = byCompletion.get(told++);
                newest = newest == null || earlier.revision > newest.revision ? earlier : newest;
            }
            boolean wrote = call.kind.writes() && call.kind != Call.Kind.REVOKE && call.succeeded;
            if (newest != null && call.isLinearizable() && call.revision < newest.revision + (wrote ? 1 : 0)) {
                throw new AssertionError(call + " does not follow " + newest);
            }
        }
    }

    /** The history of one key, for the checker. */
    List<LinearizabilityChecker.Operation<KeyModel.Step>> of(String key) {
        Map<String, Long> revisions = revisions(key);
        List<LinearizabilityChecker.Operation<KeyModel.Step>> operations = new ArrayList<>();
        for (Call call : calls) {
            KeyModel.Step step = step(call, key, revisions);
            if (step != null) {
                operations.add(new LinearizabilityChecker.Operation<>(call.invokedAt,
                        call.status == Call.Status.DONE ? call.completedAt : Long.MAX_VALUE, step));
            }
        }
        return operations;
    }

    private static KeyModel.Step step(Call call, String key, Map<String, Long> revisions) {
        boolean done = call.status == Call.Status.DONE;
        if (call.status == Call.Status.REFUSED || call.serializable && call.kind == Call.Kind.RANGE
                || !call.key.equals(key) && !call.otherKey.equals(key) && call.kind != Call.Kind.RANGE) {
            return null;
        }
        return switch (call.kind) {
            case PUT, PUT_TWO -> new KeyModel.Put(call.value());
            case DELETE -> new KeyModel.Delete(done ? call.succeeded : null);
            case COMPARE_AND_PUT -> new KeyModel.CompareAndPut(valueAt(revisions, call.argument), call.value(),
                    done ? call.succeeded : null, done ? seen(call, key) : null);
            case RANGE -> done && call.argument == 0 && covers(call, key) ? new KeyModel.Get(seen(call, key)) : null;
            case COMPACT, GRANT, RENEW, REVOKE -> null;
        };
    }

    private static boolean covers(Call range, String key) {
        return range.otherKey.isEmpty()
                ? range.key.equals(key)
                : range.key.compareTo(key) <= 0 && key.compareTo(range.otherKey) < 0;
    }

    private static String seen(Call call, String key) {
        return call.seen.getOrDefault(key, Call.Seen.ABSENT).value();
    }

    private static String valueAt(Map<String, Long> revisions, long revision) {
        return revision == 0
                ? ""
                : revisions.entrySet().stream().filter(entry -> entry.getValue() == revision).map(Map.Entry::getKey)
                        .findFirst().orElse("a value that nobody wrote");
    }

    /** At which revision each value was written to a key, as far as clients were told. */
    private Map<String, Long> revisions(String key) {
        Map<String, Long> revisions = new HashMap<>();
        for (Call call : calls) {
            if (call.status != Call.Status.DONE) {
                continue;
            }
            boolean put = call.kind == Call.Kind.PUT || call.kind == Call.Kind.PUT_TWO
                    || call.kind == Call.Kind.COMPARE_AND_PUT;
            if (put && call.succeeded && (call.key.equals(key) || call.otherKey.equals(key))) {
                note(revisions, call.value(), call.revision, call);
            }
            Call.Seen seen = call.seen.get(key);
            if (seen != null) {
                note(revisions, seen.value(), seen.modRevision(), call);
            }
        }
        return revisions;
    }

    private static void note(Map<String, Long> revisions, String value, long revision, Call call) {
        Long before = revisions.putIfAbsent(value, revision);
        if (before != null && before != revision) {
            throw new AssertionError(call + ": others saw " + value + " written at " + before);
        }
    }
}
