package io.myriad.store.simulation;

import java.io.IOException;

import io.myriad.store.page.SimulatedPages;
import io.myriad.store.server.DrivenMember;

/** A machine with a member on it: its disk outlives it. */
final class SimulatedMember {

    private static final long TICK_NANOS = 250 * Simulation.MILLISECOND;
    private static final long LATER_NANOS = 20 * Simulation.MILLISECOND;

    private final SimulatedCluster cluster;
    private final Simulation simulation;
    private final int number;
    private final Simulation.Process process;
    private final LogDisk disk = new LogDisk();
    private final SimulatedPages pages = new SimulatedPages();
    private final long clockOffset;
    private SimulatedLog log;
    private DrivenMember driven;
    private boolean watchTurnDue;
    private long shownRevision;

    SimulatedMember(SimulatedCluster cluster, int number) {
        this.cluster = cluster;
        this.simulation = cluster.simulation();
        this.number = number;
        this.process = new Simulation.Process("member " + (number + 1));
        this.clockOffset = simulation.random.nextLong();
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    int number() {
        return number;
    }

    Simulation.Process process() {
        return process;
    }

    SimulatedPages pages() {
        return pages;
    }

    SimulatedLog log() {
        return log;
    }

    DrivenMember driven() {
        return driven;
    }

    void start() {
        process.start();
        simulation.trace(process, "starts");
        log = new SimulatedLog(this, disk);
        shownRevision = 0;
        watchTurnDue = false;
        try {
            driven = new DrivenMember(number + 1, log, pages::open, (long) process.incarnation() << 32,
                    () -> simulation.now() + clockOffset, task -> simulation.later(process, LATER_NANOS, task),
                    simulation.random);
        } catch (IOException e) {
            throw new AssertionError(process + " does not start", e);
        }
        log.start(driven.state(), this::applied);
        tick();
    }

    void crash() {
        simulation.trace(process, "crashes");
        process.crash();
        pages.crash(simulation.random);
        simulation.later(simulation.millis(50, 3000), () -> {
            if (!process.isUp()) {
                start();
            }
        });
    }

    private void tick() {
        simulation.later(process, TICK_NANOS, this::tick);
        driven.tick();
        driven.sendProposals();
        watch();
    }

    /** Something new can be read. */
    private void applied() {
        long revision = driven.machine().view().revision();
        if (revision < shownRevision) {
            throw new AssertionError(process + " went back from revision " + shownRevision + " to " + revision);
        }
        shownRevision = revision;
        send();
        if (!watchTurnDue) {
            watchTurnDue = true;
            simulation.later(process, simulation.chance(0.05) ? simulation.millis(50, 800) : simulation.millis(0, 10),
                    this::watch);
        }
    }

    /** Lets the batcher have its turn soon. */
    void send() {
        simulation.later(process, simulation.millis(0, 2), driven::sendProposals);
    }

    /** Lets the watch agent have its turn soon. */
    void watchSoon() {
        simulation.later(process, simulation.millis(0, 5), this::watch);
    }

    private void watch() {
        watchTurnDue = false;
        while (driven.watches().doWork()) {}
    }

    @Override
    public String toString() {
        return process.toString();
    }
}
