package io.myriad.store.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Members, what connects them, and what happens to them: crashes, pauses, partitions. */
final class SimulatedCluster {

    private final Simulation simulation;
    private final SimulatedNetwork network;
    private final List<SimulatedMember> members = new ArrayList<>();
    private final CommittedLog committed = new CommittedLog();
    private final Path directory;
    private final int snapshotEvery;
    private final int restMillis;
    private int directories;
    private boolean calm;

    /** @param directory where snapshots of the log are, which are written as a whole or not at all */
    SimulatedCluster(Simulation simulation, Path directory) {
        this.simulation = simulation;
        this.directory = directory;
        int size = simulation.chance(0.25) ? 5 : 3;
        this.snapshotEvery = simulation.chance(0.15)
                ? 2 + simulation.random.nextInt(8)
                : 8 + simulation.random.nextInt(40);
        this.restMillis = simulation.chance(0.2) ? 800 : 2500;
        this.network = new SimulatedNetwork(this, simulation, size);
        for (int i = 0; i < size; i++) {
            members.add(new SimulatedMember(this, i));
        }
    }

    Simulation simulation() {
        return simulation;
    }

    SimulatedNetwork network() {
        return network;
    }

    CommittedLog committed() {
        return committed;
    }

    int size() {
        return members.size();
    }

    SimulatedMember member(int number) {
        return members.get(number);
    }

    List<SimulatedMember> members() {
        return members;
    }

    SimulatedMember anyMember() {
        return members.get(simulation.random.nextInt(members.size()));
    }

    /** Entries between two snapshots. */
    int snapshotEvery() {
        return snapshotEvery;
    }

    Path newDirectory() {
        try {
            return Files.createDirectory(directory.resolve(Integer.toString(directories++)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        members.forEach(SimulatedMember::start);
        trouble();
    }

    private void trouble() {
        simulation.later(simulation.millis(50, restMillis), () -> {
            if (!calm) {
                switch (simulation.random.nextInt(6)) {
                    case 0, 1 -> crash();
                    case 2 -> pause();
                    case 3 -> isolate(true);
                    case 4 -> isolate(false);
                    default -> divide();
                }
                trouble();
            }
        });
    }

    private SimulatedMember leaderOrAny() {
        return members.stream().filter(member -> member.process().isUp() && member.log().leadership().local())
                .findFirst().filter(leader -> simulation.chance(0.6)).orElseGet(this::anyMember);
    }

    private void crash() {
        SimulatedMember member = leaderOrAny();
        if (member.process().isUp()) {
            member.crash();
        }
    }

    private void pause() {
        SimulatedMember member = leaderOrAny();
        simulation.trace(member, "pauses");
        member.process().pauseUntil(simulation.now() + simulation.millis(100, 3000));
    }

    /** One member is cut off, in both directions or in one. */
    private void isolate(boolean both) {
        SimulatedMember member = leaderOrAny();
        simulation.trace(member, both ? "is cut off" : "is cut off in one direction");
        boolean deaf = simulation.random.nextBoolean();
        for (int i = 0; i < size(); i++) {
            if (both || deaf) {
                network.cut(i, member.number());
            }
            if (both || !deaf) {
                network.cut(member.number(), i);
            }
        }
        healLater();
    }

    private void divide() {
        int sides = 1 + simulation.random.nextInt((1 << size()) - 2);
        simulation.trace("the network is divided", Integer.toBinaryString(sides));
        for (int i = 0; i < size(); i++) {
            for (int j = 0; j < size(); j++) {
                if ((sides >> i & 1) != (sides >> j & 1)) {
                    network.cut(i, j);
                }
            }
        }
        healLater();
    }

    private void healLater() {
        simulation.later(simulation.millis(100, 3000), () -> {
            simulation.trace("the network is whole");
            network.heal();
        });
    }

    /** The trouble is over. */
    void calm() {
        simulation.trace("calm");
        calm = true;
        network.repair();
        for (SimulatedMember member : members) {
            if (!member.process().isUp()) {
                member.start();
            }
        }
    }

    boolean isCalm() { return calm; }

    /** Whether all members have applied everything and owe nobody an answer. */
    boolean isSettled() {
        return members.stream().allMatch(member -> member.process().isUp() && member.log().isSettled()
                && member.log().committedIndex() == committed.size() && member.log().leadership().known()
                && member.driven().pendingOperations() == 0);
    }

    /** How far each member is. */
    String describe() {
        return "of " + committed.size() + " entries "
                + members.stream()
                        .map(member -> member + (member.process().isUp()
                                ? " has applied " + member.log().appliedIndex() + " at revision "
                                        + member.driven().machine().view().revision() + ", owes "
                                        + member.driven().pendingOperations() + " answers"
                                : " is down"))
                        .collect(java.util.stream.Collectors.joining("; "));
    }
}
