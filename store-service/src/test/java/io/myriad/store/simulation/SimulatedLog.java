package io.myriad.store.simulation;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.raft.ReplicatedState;
import io.myriad.store.state.StoreError;

/**
 * A replicated log that may do all that {@link ReplicatedLog} allows: a small Raft (Ongaro and Ousterhout: In Search of an Understandable Consensus Algorithm, 2014) whose messages get lost, late and twice. Elections are
 * one step: the candidate asks whoever it reaches.
 *
 * <p>What it does to those above it: entries that are refused; entries of unknown fate that are committed by a later leader, or never; leaders that do not know yet that they are not any more;
 * members that lag and get another's state.
 */
final class SimulatedLog implements ReplicatedLog {

    private static final long ELECTION_NANOS = Simulation.SECOND / 2;
    private static final long HEARTBEAT_NANOS = 80 * Simulation.MILLISECOND;
    private static final long TICK_NANOS = 40 * Simulation.MILLISECOND;
    private static final int ENTRIES_A_MESSAGE = 8;
    private static final int NOT_TOLD = -2;

    private final SimulatedMember member;
    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final SimulatedNetwork network;
    private final LogDisk disk;
    private final int self;
    private final ReadRounds reads = new ReadRounds();
    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private final long[] next;
    private final long[] match;
    private final long[] contact;
    private ApplyQueue apply;
    private ReplicatedState state;
    private Leadership leadership = Leadership.NONE;
    private boolean leads;
    private boolean announced;
    private int knownLeader = -1;
    private long commit;
    private long termStart;
    private long electionDue;
    private long heartbeatDue;

    /** Who waits to hear what became of an entry. */
    private record Waiting(long term, Consumer<Outcome> callback) {}

    SimulatedLog(SimulatedMember member, LogDisk disk) {
        this.member = member;
        this.cluster = member.cluster();
        this.simulation = cluster.simulation();
        this.network = cluster.network();
        this.disk = disk;
        this.self = member.number();
        this.next = new long[cluster.size()];
        this.match = new long[cluster.size()];
        this.contact = new long[cluster.size()];
    }

    /** Begins: the state becomes that of the newest snapshot. */
    void start(ReplicatedState drivenState, Runnable applied) {
        state = drivenState;
        apply = new ApplyQueue(member, disk, state, () -> {
            applied.run();
            reads.applied(apply.appliedIndex());
        }, this::answer);
        apply.start();
        commit = apply.appliedIndex();
        expectLeader();
        tick();
    }

    private void expectLeader() {
        electionDue = simulation.now() + ELECTION_NANOS + simulation.millis(0, 500);
    }

    private void tick() {
        simulation.later(member.process(), TICK_NANOS, this::tick);
        if (leads) {
            long silent = simulation.now() - ELECTION_NANOS * 2;
            if (others(i -> contact[i] >= silent) + 1 < quorum()) {
                follow(disk.term(), -1);
            } else if (simulation.now() >= heartbeatDue) {
                replicateToAll();
            }
        } else if (simulation.now() >= electionDue) {
            campaign();
        }
    }

    private int quorum() {
        return cluster.size() / 2 + 1;
    }

    private int others(java.util.function.IntPredicate predicate) {
        int count = 0;
        for (int i = 0; i < cluster.size(); i++) {
            count += i != self && predicate.test(i) ? 1 : 0;
        }
        return count;
    }

    private void campaign() {
        expectLeader();
        setKnownLeader(-1);
        long[] term = {disk.term() + 1};
        boolean[] votes = new boolean[cluster.size()];
        int count = others(i -> {
            SimulatedMember other = cluster.member(i);
            if (!network.reaches(self, i) || !network.reaches(i, self) || !other.process().isUp()
                    || simulation.isPaused(other.process())) {
                return false;
            }
            term[0] = Math.max(term[0], other.log().disk.term() + 1);
            votes[i] = simulation.chance(0.9) && other.log().isBehind(disk);
            return votes[i];
        });
        if (count + 1 < quorum()) {
            return;
        }
        others(i -> votes[i] && cluster.member(i).log().follow(term[0], -1));
        disk.term(term[0]);
        lead();
    }

    private boolean isBehind(LogDisk other) {
        long mine = disk.termAt(disk.lastIndex());
        long its = other.termAt(other.lastIndex());
        return its > mine || its == mine && other.lastIndex() >= disk.lastIndex();
    }

    private void lead() {
        simulation.trace(member, "leads term", disk.term());
        leads = true;
        announced = false;
        knownLeader = self;
        disk.append(new LogDisk.Entry(disk.term(), null));
        termStart = disk.lastIndex();
        Arrays.fill(next, disk.lastIndex());
        Arrays.fill(match, 0);
        Arrays.fill(contact, simulation.now());
        replicateToAll();
    }

    /** Whoever led before does not any more. */
    private boolean follow(long term, int leader) {
        if (term > disk.term()) {
            disk.term(term);
            knownLeader = NOT_TOLD;
        }
        if (leads) {
            simulation.trace(member, "leads no more");
            leads = false;
            knownLeader = NOT_TOLD;
            reads.stop();
            apply.run(() -> {
                leadership = Leadership.NONE;
                state.following();
            });
            List<Waiting> lost = List.copyOf(waiting.values());
            waiting.clear();
            lost.forEach(one -> one.callback.accept(Outcome.UNKNOWN));
        }
        setKnownLeader(leader);
        expectLeader();
        return true;
    }

    private void setKnownLeader(int leader) {
        if (leader != knownLeader) {
            knownLeader = leader;
            Leadership known = leader < 0 ? Leadership.NONE : new Leadership(leader + 1, disk.term(), false);
            apply.run(() -> {
                leadership = known;
                if (known.known()) {
                    state.following();
                }
            });
        }
    }

    private void replicateToAll() {
        heartbeatDue = simulation.now() + HEARTBEAT_NANOS;
        others(i -> {
            replicate(i);
            return true;
        });
    }

    private void replicate(int to) {
        long term = disk.term();
        if (next[to] <= disk.snapshotIndex()) {
            offerSnapshot(to);
            return;
        }
        long before = next[to] - 1;
        long beforeTerm = disk.termAt(before);
        List<LogDisk.Entry> entries = disk.entriesFrom(next[to], ENTRIES_A_MESSAGE);
        long known = commit;
        long round = reads.lastRound();
        network.sendOften(self, to,
                log -> log.onAppend(self, term, before, beforeTerm, entries, known, round));
    }

    private void onAppend(int from, long term, long before, long beforeTerm, List<LogDisk.Entry> entries, long known,
            long round) {
        if (term < disk.term()) {
            answer(from, 0, false, round);
            return;
        }
        follow(term, from);
        long at = before;
        if (at >= disk.snapshotIndex() && disk.termAt(at) != beforeTerm) {
            answer(from, Math.min(disk.lastIndex(), before - 1), false, round);
            return;
        }
        for (LogDisk.Entry entry : entries) {
            at++;
            if (at <= disk.snapshotIndex() || disk.termAt(at) == entry.term()) {
                continue;
            }
            if (at <= disk.lastIndex()) {
                if (at <= commit) {
                    throw new AssertionError(member + " is to drop entry " + at + ", which is committed");
                }
                disk.truncateFrom(at);
            }
            disk.append(entry);
        }
        commitTo(Math.min(known, at));
        answer(from, at, true, round);
    }

    private void answer(int to, long index, boolean matches, long round) {
        long term = disk.term();
        network.sendOften(self, to, log -> log.onAnswer(self, term, index, matches, round));
    }

    private void onAnswer(int from, long term, long index, boolean matches, long round) {
        if (term > disk.term()) {
            follow(term, -1);
        }
        if (!leads || term < disk.term()) {
            return;
        }
        contact[from] = simulation.now();
        reads.confirmed(from, round, quorum() - 1);
        if (!matches) {
            next[from] = Math.max(match[from] + 1, index + 1);
            replicate(from);
            return;
        }
        match[from] = Math.max(match[from], index);
        next[from] = Math.max(next[from], match[from] + 1);
        advance();
        if (next[from] <= disk.lastIndex()) {
            replicate(from);
        }
    }

    private void advance() {
        long[] sorted = match.clone();
        sorted[self] = disk.lastIndex();
        Arrays.sort(sorted);
        long agreed = sorted[cluster.size() - quorum()];
        if (agreed > commit && disk.termAt(agreed) == disk.term()) {
            for (long index = commit + 1; index <= agreed; index++) {
                cluster.committed().add(index, disk.entry(index), simulation.now());
            }
            commitTo(agreed);
            if (!announced && commit >= termStart) {
                announced = true;
                long term = disk.term();
                apply.run(() -> {
                    leadership = new Leadership(self + 1, term, true);
                    state.leading(term);
                });
            }
            if (simulation.chance(0.7)) {
                replicateToAll();
            }
        }
    }

    private void commitTo(long index) {
        if (index > commit) {
            commit = index;
            apply.commit(index);
        }
    }

    private void offerSnapshot(int to) {
        long term = disk.term();
        long index = disk.snapshotIndex();
        long indexTerm = disk.snapshotTerm();
        if (simulation.chance(0.5)) {
            return; // it is not sent with each heartbeat
        }
        try {
            state.lend(disk.snapshot());
            Map<String, byte[]> files = SnapshotFiles.read(disk.snapshot());
            network.send(self, to, log -> log.onSnapshot(self, term, index, indexTerm, files));
        } catch (IOException e) {
            throw new AssertionError(member + " cannot lend its snapshot", e);
        }
    }

    private void onSnapshot(int from, long term, long index, long indexTerm, Map<String, byte[]> files) {
        if (term < disk.term()) {
            return;
        }
        follow(term, from);
        if (index <= commit) {
            answer(from, commit, true, 0);
        } else if (!apply.isBusy()) {
            simulation.trace(member, "received a snapshot at", index);
            disk.begin(SnapshotFiles.write(cluster.newDirectory(), files), index, indexTerm);
            commit = index;
            apply.received(disk.snapshot(), index);
            answer(from, index, true, 0);
        }
    }

    private void answer(long index, long term) {
        Waiting one = waiting.remove(index);
        if (one != null) {
            one.callback.accept(one.term == term ? Outcome.ACCEPTED : Outcome.UNKNOWN);
        }
    }

    @Override
    public void append(byte[] entry, Consumer<Outcome> callback) {
        int leader = (int) leadership.leaderId() - 1;
        if (leader < 0) {
            callback.accept(Outcome.REJECTED);
        } else if (leader == self) {
            appendHere(entry, callback);
        } else {
            Once<Outcome> once = new Once<>(callback);
            network.send(self, leader, log -> log.appendHere(entry,
                    outcome -> reply(leader, () -> once.accept(outcome))));
            simulation.later(member.process(), simulation.millis(200, 3000), () -> once.accept(Outcome.UNKNOWN));
        }
    }

    /** Brings another member's answer, if this one is still the one that asked, and not started anew. */
    private void reply(int from, Runnable answer) {
        network.send(from, self, log -> {
            if (log == this) {
                answer.run();
            }
        });
    }

    private void appendHere(byte[] entry, Consumer<Outcome> callback) {
        if (!leads || simulation.chance(0.02)) {
            callback.accept(Outcome.REJECTED);
            return;
        }
        disk.append(new LogDisk.Entry(disk.term(), entry));
        waiting.put(disk.lastIndex(), new Waiting(disk.term(), callback));
        if (simulation.chance(0.8)) {
            replicateToAll();
        }
    }

    @Override
    public void readIndex(Consumer<@Nullable StoreError> callback) {
        Once<StoreError> once = new Once<>(callback);
        simulation.later(member.process(), simulation.millis(200, 1500),
                () -> once.accept(leadership.known() ? StoreError.TIMEOUT : StoreError.NO_LEADER));
        LongConsumer confirmed = index -> awaitApplied(index, once);
        int leader = knownLeader;
        if (leader == self) {
            beginRead(confirmed);
        } else if (leader >= 0) {
            network.send(self, leader, log -> log
                    .beginRead(index -> reply(leader, () -> confirmed.accept(index))));
        }
    }

    private void beginRead(LongConsumer answer) {
        if (leads && commit >= termStart) {
            reads.begin(commit, answer);
            replicateToAll();
        }
    }

    private void awaitApplied(long index, Once<StoreError> once) {
        if (apply.appliedIndex() >= index) {
            once.accept(null);
        } else {
            reads.await(index, () -> once.accept(null));
        }
    }

    @Override
    public boolean readsAreLocal() {
        return false;
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public long committedIndex() {
        return commit;
    }

    @Override
    public long appliedIndex() {
        return apply.appliedIndex();
    }

    /** Whether everything in the log is committed and applied here. */
    boolean isSettled() {
        return disk.lastIndex() == commit && apply.appliedIndex() == commit && !apply.isBusy();
    }

    @Override
    public void requestSnapshot(Runnable done) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean transferLeadership(long memberId) {
        return false;
    }

    @Override
    public void close() {}
}
