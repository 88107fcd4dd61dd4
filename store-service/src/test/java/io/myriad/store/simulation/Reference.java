package io.myriad.store.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.myriad.store.api.LeaseRevokeRequest;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.mvcc.KeyVersion;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.mvcc.WatchSink;
import io.myriad.store.mvcc.Watcher;
import io.myriad.store.raft.OperationHandler;
import io.myriad.store.raft.OperationLog;
import io.myriad.store.state.Command;
import io.myriad.store.state.Reply;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StoreMachine;

/** What the committed log leads to, applied by one machine to which nothing happens, and the whole history of it. */
final class Reference {

    /** What one revision did to one key; without a value it was deleted. */
    record Event(long revision, String key, @Nullable String value) {
        static Event of(KeyVersion version) {
            String key = new String(version.key(), java.nio.charset.StandardCharsets.UTF_8);
            return new Event(version.modRevision(), key, version.isTombstone() ? null : valueOf(version));
        }

        private static String valueOf(KeyVersion version) {
            return new String(version.value().toBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        }
    }

    private final StoreMachine machine = new StoreMachine(new ResponseHeader(1, 1), new LeaseClock(), () -> 0);
    private final WatchAgent agent = new WatchAgent(machine::view, Long.MAX_VALUE / 4, () -> 0, new Random(0));
    private final List<Event> events = new ArrayList<>();
    private final Map<String, TreeMap<Long, Call.Seen>> states = new HashMap<>();
    /** Grants and renewals of each lease that clients know of. */
    private final Map<Long, List<Call>> leases = new HashMap<>();

    Reference(CommittedLog log, History history) {
        machine.keepHistoryAfter(agent::dispatchedRevision);
        history.calls().stream()
                .filter(call -> call.kind == Call.Kind.GRANT
                        || call.kind == Call.Kind.RENEW && call.status == Call.Status.DONE)
                .forEach(call -> leases.computeIfAbsent(call.argument, id -> new ArrayList<>()).add(call));
        agent.open(new Collector()).create(0,
                new Watcher.Spec(new KeyRange(new byte[]{0}, new byte[0]), 0, false, false, false, false, false));
        agent.doWork();
        long[] now = {0};
        OperationLog.Applier applier = new OperationLog(0, 0, new NoLog(), 0, 0, () -> 0).new Applier(
                new OperationHandler() {
                    @Override
                    public Reply apply(byte command, byte[] payload, @Nullable Object decoded, long term,
                            boolean answered) {
                        Reply reply = machine.apply(Command.of(command), payload, null, term);
                        if (Command.of(command) == Command.LEASE_EXPIRE && reply instanceof Reply.Message) {
                            checkExpiry(payload, now[0]);
                        }
                        return reply;
                    }

                    @Override
                    public void publish() {
                        machine.publish();
                    }
                });
        for (CommittedLog.Committed committed : log.entries()) {
            now[0] = committed.at();
            if (committed.entry().bytes() != null) {
                applier.apply(committed.entry().term(), ByteBuffer.wrap(committed.entry().bytes()));
                applier.batchEnd();
                agent.doWork();
            }
        }
    }

    /** A lease lives for its time at least after a client has asked for it, and after each renewal that was answered. */
    private void checkExpiry(byte[] payload, long at) {
        try {
            for (Call call : leases.get(LeaseRevokeRequest.parseFrom(payload).getID())) {
                if (call.completedAt < at && at - call.invokedAt < call.ttlSeconds * Simulation.SECOND) {
                    throw new AssertionError("the lease of " + call + " expired at " + at);
                }
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    StoreMachine machine() {
        return machine;
    }

    /** Everything that ever happened to keys, in order. */
    List<Event> events() {
        return events;
    }

    Call.Seen at(String key, long revision) {
        TreeMap<Long, Call.Seen> versions = states.get(key);
        Map.Entry<Long, Call.Seen> entry = versions == null ? null : versions.floorEntry(revision);
        return entry == null ? Call.Seen.ABSENT : entry.getValue();
    }

    /** Keys and what they were at a revision. */
    Map<String, Call.Seen> range(String from, String to, long revision) {
        Map<String, Call.Seen> range = new TreeMap<>();
        for (String key : states.keySet()) {
            boolean within = to.isEmpty() ? key.equals(from) : key.compareTo(from) >= 0 && key.compareTo(to) < 0;
            Call.Seen seen = at(key, revision);
            if (within && seen != Call.Seen.ABSENT) {
                range.put(key, seen);
            }
        }
        return range;
    }

    private final class Collector implements WatchSink {
        @Override
        public boolean isReady() { return true; }

        @Override
        public void events(Watcher watcher, KeyVersion[] versions, int count, long revision) {
            for (int i = 0; i < count; i++) {
                Event event = Event.of(versions[i]);
                events.add(event);
                states.computeIfAbsent(event.key, key -> new TreeMap<>()).put(event.revision, event.value == null
                        ? Call.Seen.ABSENT
                        : new Call.Seen(event.revision, versions[i].fields().version(), event.value));
            }
        }

        @Override
        public void created(long watchId, long revision) {}

        @Override
        public void refused(String reason, long revision) {
            throw new AssertionError(reason);
        }

        @Override
        public void cancelled(long watchId, long revision) {
            throw new AssertionError("cancelled");
        }

        @Override
        public void compacted(long watchId, long compactedRevision, long revision) {
            throw new AssertionError("compacted");
        }

        @Override
        public void progress(long watchId, long revision) {}
    }
}
