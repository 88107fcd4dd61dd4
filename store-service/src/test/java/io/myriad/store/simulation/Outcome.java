package io.myriad.store.simulation;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.mvcc.RangeResult;
import io.myriad.store.mvcc.RevisionHash;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreMachine;

/** What must be true when a run has come to its end. */
final class Outcome {

    private final Reference reference;
    private final History history;

    Outcome(Reference reference, History history) {
        this.reference = reference;
        this.history = history;
    }

    void check(List<SimulatedMember> members, List<SimulatedWatcher> watchers) throws IOException {
        history.checkRevisions();
        checkWrites();
        history.calls().stream().filter(call -> call.status == Call.Status.DONE).forEach(this::checkAnswer);
        for (String key : SimulatedClient.keys()) {
            if (!LinearizabilityChecker.isLinearizable(new KeyModel(), history.of(key))) {
                throw new AssertionError("the history of " + key + " is not linearizable");
            }
        }
        watchers.forEach(watcher -> watcher.check(reference));
        for (SimulatedMember member : members) {
            checkMember(member);
        }
    }

    /** Each value is written once at most, with all that its call writes, and never when the client was told that it was not. */
    private void checkWrites() {
        Map<String, Call> byValue = new HashMap<>();
        history.calls().stream().filter(call -> call.kind.writes()).forEach(call -> byValue.put(call.value(), call));
        Map<String, Long> revisions = new HashMap<>();
        Set<String> written = new HashSet<>();
        for (Reference.Event event : reference.events()) {
            if (event.value() == null) {
                continue;
            }
            Call call = byValue.get(event.value());
            if (!written.add(event.key() + " " + event.value())
                    || revisions.merge(event.value(), event.revision(), Math::max) != event.revision()) {
                throw new AssertionError(call + " was carried out twice, then at " + event.revision());
            }
            if (call.status == Call.Status.REFUSED) {
                throw new AssertionError(call + " was carried out at " + event.revision());
            }
            if (call.kind == Call.Kind.PUT_TWO
                    && !reference.at(call.otherKey, event.revision()).value().equals(event.value())
                    && !reference.at(call.key, event.revision()).value().equals(event.value())) {
                throw new AssertionError(call + " was carried out in part at " + event.revision());
            }
        }
    }

    /** What a client was told is what the committed log says. */
    private void checkAnswer(Call call) {
        boolean right = switch (call.kind) {
            case PUT -> wrote(call, call.key);
            case PUT_TWO -> wrote(call, call.key) && wrote(call, call.otherKey);
            case DELETE -> !exists(call, call.revision)
                    && call.succeeded == exists(call, call.succeeded ? call.revision - 1 : call.revision);
            case COMPARE_AND_PUT -> call.succeeded
                    ? wrote(call, call.key) && reference.at(call.key, call.revision - 1).modRevision() == call.argument
                    : call.seen.equals(reference.range(call.key, "", call.revision))
                            && reference.at(call.key, call.revision).modRevision() != call.argument;
            case RANGE -> call.seen.equals(reference.range(call.key, call.otherKey,
                    call.argument == 0 ? call.revision : call.argument));
            case COMPACT, GRANT, RENEW, REVOKE -> true;
        };
        if (!right) {
            throw new AssertionError(call + " is not what the log says: " + reference.range("k", "m", call.revision));
        }
    }

    private boolean wrote(Call call, String key) {
        Call.Seen seen = reference.at(key, call.revision);
        return seen.modRevision() == call.revision && seen.value().equals(call.value());
    }

    private boolean exists(Call call, long revision) {
        return reference.at(call.key, revision) != Call.Seen.ABSENT;
    }

    /** Every member has the state that the log leads to. */
    private void checkMember(SimulatedMember member) throws IOException {
        StoreMachine machine = member.driven().machine();
        requireEqual(member + ": checksum", RevisionHash.of(machine::view, 0),
                RevisionHash.of(reference.machine()::view, 0));
        requireEqual(member + ": keys", contents(machine), contents(reference.machine()));
        requireEqual(member + ": leases", leases(machine), leases(reference.machine()));
        machine.view().checkInvariants(0);
        checkDisk(member);
    }

    /** What a checkpoint writes is the state, and nothing but the state. */
    private static void checkDisk(SimulatedMember member) throws IOException {
        StoreMachine machine = member.driven().machine();
        StateCheckpoint checkpoint = member.driven().checkpoint();
        try {
            write(member);
        } catch (IOException e) {
            write(member); // the last one before failed and had happened, which this one only found out
        }
        // The first lets go of what was kept for it; the second writes that it is gone.
        write(member);
        checkpoint.checkInvariants();
        StoreMachine restored = new StoreMachine(machine.header(), new LeaseClock(), () -> 0);
        try (StateCheckpoint read = new StateCheckpoint(checkpoint.path(), member.pages()::open, restored,
                ValueBudget.UNLIMITED, null)) {
            requireEqual(member + ": index on disk", read.restore(), member.log().appliedIndex());
        }
        requireEqual(member + ": keys on disk", contents(restored), contents(machine));
        requireEqual(member + ": leases on disk", leases(restored), leases(machine));
        requireEqual(member + ": bytes kept", restored.footprint(), machine.footprint());
    }

    private static void write(SimulatedMember member) throws IOException {
        try (StateCheckpoint.Captured captured = member.driven().checkpoint().capture(member.log().appliedIndex(), 1)) {
            captured.write();
        }
        member.driven().machine().publish();
    }

    private static void requireEqual(String what, Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw new AssertionError(what + " " + actual + " instead of " + expected);
        }
    }

    private static String contents(StoreMachine machine) {
        StringBuilder contents = new StringBuilder();
        for (long revision = machine.view().compactedRevision(); revision <= machine.view().revision(); revision++) {
            if (revision > 0) {
                RangeResult result = machine.view()
                        .range(RangeQuery.at(new KeyRange(new byte[]{0}, new byte[0]), revision));
                contents.append(revision).append(result.status());
                for (int i = 0; i < result.size(); i++) {
                    contents.append(' ').append(result.versions()[i]).append(' ')
                            .append(Arrays.hashCode(result.versions()[i].keyValue()));
                }
            }
        }
        return contents.toString();
    }

    private static String leases(StoreMachine machine) {
        Map<Long, String> leases = new TreeMap<>();
        for (LeaseTable.Lease lease : machine.leases().all()) {
            leases.put(lease.id(), lease.ttlSeconds() + " " + lease.remainingSeconds() + " "
                    + Arrays.deepToString(lease.sortedKeys()));
        }
        return leases.toString();
    }
}
