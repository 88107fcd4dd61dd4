package io.myriad.store.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.mvcc.WatchSink;
import io.myriad.store.mvcc.Watcher;

/** Watches a range at one member after the other, each time from where it was. */
final class SimulatedWatcher {

    /** Revisions that were compacted before the watcher had seen them; the end is not included. */
    private record Gap(long from, long to) {}

    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final String name;
    private final KeyRange range;
    private final List<Reference.Event> received = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private Connection connection;
    private long start;
    /** The first revision that was not received. */
    private long position;
    private boolean stopped;

    SimulatedWatcher(SimulatedCluster cluster, int number) {
        this.cluster = cluster;
        this.simulation = cluster.simulation();
        this.name = "watcher " + number;
        this.range = simulation.chance(0.6)
                ? new KeyRange(bytes("k"), bytes("m"))
                : KeyRange.single(bytes("k" + simulation.random.nextInt(3)));
        this.position = simulation.chance(0.5) ? 0 : 1 + simulation.random.nextInt(20);
        this.start = position;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What is done now and then. */
    void live() {
        SimulatedMember member = connection == null ? null : connection.member;
        if (member == null || !member.process().isUp() || connection.incarnation != member.process().incarnation()
                || !stopped && simulation.chance(0.15)) {
            connect();
        } else {
            connection.ready = stopped || simulation.chance(0.7);
            connection.stream.ready();
            if (stopped || simulation.chance(0.3)) {
                connection.stream.requestProgress();
            }
            member.watchSoon();
        }
        simulation.later(simulation.millis(20, 700), this::live);
    }

    /** From now on it only sees to the end of what there is. */
    void stop() {
        stopped = true;
    }

    boolean hasSeen(long revision) {
        return position > revision;
    }

    private void connect() {
        if (connection != null) {
            connection.stream.close();
            connection = null;
        }
        SimulatedMember member = cluster.anyMember();
        if (member.process().isUp()) {
            simulation.trace(name, "connects to", member, "from", position);
            connection = new Connection(member);
            connection.stream = member.driven().watches().open(connection);
            connection.stream.create(0, new Watcher.Spec(range, position, simulation.random.nextBoolean(), false, false,
                    false, false));
            member.watchSoon();
        }
    }

    /** Compares what it got with what it should have got. */
    void check(Reference reference) {
        List<Reference.Event> expected = reference.events().stream()
                .filter(event -> event.revision() >= start && event.revision() < position
                        && range.contains(bytes(event.key()))
                        && gaps.stream().noneMatch(gap -> event.revision() >= gap.from && event.revision() < gap.to))
                .toList();
        for (int i = 0; i < Math.min(expected.size(), received.size()); i++) {
            if (!expected.get(i).equals(received.get(i))) {
                throw new AssertionError(name + " got " + received.get(i) + " instead of " + expected.get(i)
                        + " as its event " + i);
            }
        }
        if (expected.size() != received.size()) {
            throw new AssertionError(name + " got " + received.size() + " events instead of " + expected.size());
        }
    }

    private final class Connection implements WatchSink {
        private final SimulatedMember member;
        private final int incarnation;
        private WatchAgent.Stream stream;
        private boolean ready = true;

        Connection(SimulatedMember member) {
            this.member = member;
            this.incarnation = member.process().incarnation();
        }

        private boolean isOld() { return connection != this; }

        @Override
        public boolean isReady() { return ready; }

        @Override
        public void created(long watchId, long revision) {
            if (!isOld() && position == 0) {
                position = revision + 1;
                start = position;
            }
        }

        @Override
        public void refused(String reason, long revision) {
            throw new AssertionError(name + ": " + reason);
        }

        @Override
        public void cancelled(long watchId, long revision) {
            throw new AssertionError(name + " is cancelled");
        }

        @Override
        public void compacted(long watchId, long compactedRevision, long revision) {
            if (isOld()) {
                return;
            }
            if (compactedRevision <= position) {
                throw new AssertionError(name + " at " + position + " is told of a compaction at " + compactedRevision);
            }
            gaps.add(new Gap(position, compactedRevision));
            position = compactedRevision;
            stream.close();
            connection = null;
        }

        @Override
        public void progress(long watchId, long revision) {
            if (isOld()) {
                return;
            }
            if (revision + 1 < position) {
                throw new AssertionError(name + " at " + position + " is told of progress up to " + revision);
            }
            position = revision + 1;
        }

        @Override
        public void events(Watcher watcher, KeyVersion[] events, int count, long revision) {
            if (isOld()) {
                return;
            }
            for (int i = 0; i < count; i++) {
                if (events[i].modRevision() < position || events[i].modRevision() > revision) {
                    throw new AssertionError(
                            name + " at " + position + " gets " + events[i] + " in a response of " + revision);
                }
                received.add(Reference.Event.of(events[i]));
            }
            position = events[count - 1].modRevision() + 1;
        }
    }
}
