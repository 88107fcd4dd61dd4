package io.myriad.store.simulation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One seed: members in trouble, clients and watchers, then calm, then the checks. */
final class SimulatedRun {

    private static final long TROUBLE_NANOS = 8 * Simulation.SECOND;
    private static final long CALM_NANOS = Simulation.SECOND;
    private static final long SETTLING_NANOS = 60 * Simulation.SECOND;

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final History history = new History();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<SimulatedWatcher> watchers = new ArrayList<>();

    SimulatedRun(long seed, Path directory) {
        simulation = new Simulation(seed);
        cluster = new SimulatedCluster(simulation, directory);
        for (int i = 2 + simulation.random.nextInt(4); i > 0; i--) {
            clients.add(new SimulatedClient(cluster, history, i));
        }
        for (int i = 3; i > 0; i--) {
            watchers.add(new SimulatedWatcher(cluster, i));
        }
    }

    void run() throws IOException {
        cluster.start();
        clients.forEach(SimulatedClient::start);
        watchers.forEach(SimulatedWatcher::live);
        simulation.runUntil(TROUBLE_NANOS);
        cluster.calm();
        simulation.runUntil(simulation.now() + CALM_NANOS);
        clients.forEach(SimulatedClient::stop);
        watchers.forEach(SimulatedWatcher::stop);
        long deadline = simulation.now() + SETTLING_NANOS;
        while (!isSettled()) {
            if (simulation.now() > deadline) {
                throw new AssertionError("the members do not settle: " + cluster.describe());
            }
            simulation.runUntil(simulation.now() + 50 * Simulation.MILLISECOND);
        }
        new Outcome(new Reference(cluster.committed(), history), history).check(cluster.members(), watchers);
    }

    private boolean isSettled() {
        return clients.stream().allMatch(SimulatedClient::isIdle) && cluster.isSettled()
                && watchers.stream().allMatch(watcher -> cluster.members().stream()
                        .allMatch(member -> watcher.hasSeen(member.driven().machine().view().revision())));
    }

    Simulation simulation() {
        return simulation;
    }

    History history() {
        return history;
    }

    SimulatedCluster cluster() {
        return cluster;
    }
}
