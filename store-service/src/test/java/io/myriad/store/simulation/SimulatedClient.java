package io.myriad.store.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.myriad.store.server.DrivenMember;
import io.myriad.store.state.Operation;
import io.myriad.store.state.OperationDecoder;
import io.myriad.store.state.Reply;

/** Asks a member for one thing after the other, and another member when it gets no answer. */
final class SimulatedClient {

    private static final int KEYS = 4;
    private static final int LEASED_KEYS = 2;
    private static final double LOSS = 0.01;

    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final History history;
    private final int number;
    private final Map<String, Long> lastSeen = new HashMap<>();
    private final List<Long> leases = new ArrayList<>();
    private SimulatedMember member;
    private long newestRevision = 1;
    private boolean stopped;
    private boolean idle;

    SimulatedClient(SimulatedCluster cluster, History history, int number) {
        this.cluster = cluster;
        this.simulation = cluster.simulation();
        this.history = history;
        this.number = number;
        this.member = cluster.anyMember();
    }

    /** Names of the keys that only clients delete, not leases. */
    static List<String> keys() {
        return List.of("k0", "k1", "k2", "k3");
    }

    void start() {
        nextLater();
    }

    void stop() {
        stopped = true;
    }

    boolean isIdle() { return idle; }

    private void nextLater() {
        simulation.later(simulation.millis(0, 120), this::next);
    }

    private void next() {
        if (stopped) {
            idle = true;
            return;
        }
        if (simulation.chance(0.05)) {
            member = cluster.anyMember();
        }
        Call call = choose();
        simulation.later(simulation.millis(800, 3000), () -> {
            if (call.isOpen()) {
                call.status = call.kind == Call.Kind.RANGE ? Call.Status.REFUSED : Call.Status.UNKNOWN;
                member = cluster.anyMember();
                done(call);
            }
        });
        if (!member.process().isUp()) {
            simulation.later(simulation.millis(1, 3), () -> refused(call));
        } else if (!simulation.chance(LOSS)) {
            SimulatedMember asked = member;
            simulation.later(asked.process(), simulation.millis(0, 5), () -> ask(asked, call));
        }
    }

    private void refused(Call call) {
        call.status = Call.Status.REFUSED;
        member = cluster.anyMember();
        done(call);
    }

    private Call choose() {
        String key = "k" + simulation.random.nextInt(KEYS);
        String leased = "l" + simulation.random.nextInt(LEASED_KEYS);
        int choice = simulation.random.nextInt(100);
        if (choice < 25) {
            return begin(Call.Kind.PUT, key, "", 0, false);
        } else if (choice < 33) {
            return begin(Call.Kind.DELETE, key, "", 0, false);
        } else if (choice < 52) {
            return begin(Call.Kind.COMPARE_AND_PUT, key, "", lastSeen.getOrDefault(key, 0L), false);
        } else if (choice < 57) {
            return begin(Call.Kind.PUT_TWO, key, simulation.random.nextBoolean() ? leased : key + "b", 0, false);
        } else if (choice < 75) {
            return begin(Call.Kind.RANGE, key, "", 0, false);
        } else if (choice < 79) {
            return begin(Call.Kind.RANGE, "k", "m", 0, false);
        } else if (choice < 83) {
            return begin(Call.Kind.RANGE, "k", "m", 0, true);
        } else if (choice < 87) {
            return begin(Call.Kind.RANGE, "k", "m", Math.max(1, newestRevision - simulation.random.nextInt(12)), true);
        } else if (choice < 90) {
            return begin(Call.Kind.COMPACT, "", "", Math.max(1, newestRevision - simulation.random.nextInt(15)), false);
        } else if (choice < 93 || leases.isEmpty()) {
            // The client chooses the number; it is another each time.
            Call call = begin(Call.Kind.GRANT, "", "", history.calls().size() + 1, false);
            call.ttlSeconds = 2 + simulation.random.nextInt(3);
            return call;
        } else if (choice < 95) {
            return begin(Call.Kind.PUT, leased, "", leases.getLast(), false);
        } else if (choice < 99) {
            return begin(Call.Kind.RENEW, "", "", leases.getLast(), false);
        }
        return begin(Call.Kind.REVOKE, "", "", leases.removeLast(), false);
    }

    private Call begin(Call.Kind kind, String key, String otherKey, long argument, boolean serializable) {
        return history.begin(number, kind, key, otherKey, argument, serializable, simulation.now());
    }

    /** The call has come to the member. */
    private void ask(SimulatedMember asked, Call call) {
        DrivenMember driven = asked.driven();
        switch (call.kind) {
            case RENEW -> driven.renew(call.argument, seconds -> answer(call, seconds));
            case RANGE -> {
                Operation.Range range = OperationDecoder.range(Requests.payload(call));
                if (call.serializable) {
                    answer(call, driven.machine().range(range, 1));
                } else {
                    driven.awaitRead(error -> answer(call,
                            error != null ? error : driven.machine().range(range, 1)));
                }
            }
            default -> {
                driven.propose(Requests.command(call), Requests.payload(call), () -> !call.isOpen(),
                        reply -> answer(call, reply));
                asked.send();
            }
        }
    }

    private void answer(Call call, Reply reply) {
        if (simulation.chance(LOSS)) {
            return;
        }
        simulation.later(simulation.millis(0, 5), () -> {
            if (call.isOpen()) {
                Replies.read(call, reply);
                learn(call);
                done(call);
            }
        });
    }

    private void answer(Call call, long ttlSeconds) {
        simulation.later(simulation.millis(0, 5), () -> {
            if (call.isOpen()) {
                call.status = ttlSeconds > 0 ? Call.Status.DONE : Call.Status.REFUSED;
                call.ttlSeconds = ttlSeconds;
                done(call);
            }
        });
    }

    private void learn(Call call) {
        if (call.status != Call.Status.DONE) {
            return;
        }
        newestRevision = Math.max(newestRevision, call.revision);
        boolean put = call.succeeded && (call.kind == Call.Kind.PUT || call.kind == Call.Kind.COMPARE_AND_PUT);
        if (put) {
            lastSeen.put(call.key, call.revision);
        } else if (call.kind == Call.Kind.DELETE) {
            lastSeen.put(call.key, 0L);
        }
        if (call.argument == 0 || call.kind != Call.Kind.RANGE) {
            call.seen.forEach((key, seen) -> lastSeen.put(key, seen.modRevision()));
        }
        if (call.kind == Call.Kind.GRANT) {
            leases.add(call.argument);
        }
    }

    private void done(Call call) {
        call.completedAt = simulation.now();
        simulation.trace(call.kind, call.key, "of client", number, call.number, call.status, call.revision);
        nextLater();
    }
}
