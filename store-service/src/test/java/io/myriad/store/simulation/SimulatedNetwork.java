package io.myriad.store.simulation;

import java.util.function.Consumer;

/** Messages between members: late, and so in any order; lost; twice; cut off from one side or from both. */
final class SimulatedNetwork {

    private static final double LOSS = 0.02;
    private static final double TWICE = 0.02;
    private static final double LATE = 0.03;

    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final boolean[][] cut;
    private boolean sound;

    SimulatedNetwork(SimulatedCluster cluster, Simulation simulation, int members) {
        this.cluster = cluster;
        this.simulation = simulation;
        this.cut = new boolean[members][members];
    }

    /** Nothing is lost from now on. */
    void repair() {
        heal();
        sound = true;
    }

    void heal() {
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
    }

    /** No message comes from one member to another. */
    void cut(int from, int to) {
        cut[from][to] = true;
    }

    boolean reaches(int from, int to) {
        return !cut[from][to];
    }

    /** Sends something that may come twice. */
    void sendOften(int from, int to, Consumer<SimulatedLog> message) {
        send(from, to, message);
        if (!sound && simulation.chance(TWICE)) {
            send(from, to, message);
        }
    }

    /** Sends something that comes once at most. */
    void send(int from, int to, Consumer<SimulatedLog> message) {
        if (!reaches(from, to) || !sound && simulation.chance(LOSS)) {
            return;
        }
        SimulatedMember receiver = cluster.member(to);
        long delay = simulation.chance(LATE) ? simulation.millis(20, 400) : simulation.millis(0, 6);
        simulation.later(receiver.process(), delay, () -> {
            if (reaches(from, to)) {
                message.accept(receiver.log());
            }
        });
    }
}
