package io.myriad.store.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

import io.myriad.store.raft.ReplicatedState;

/** What is done with a member's state, in order and each time a while later: entries, changes of leadership, snapshots. It stands for the log's apply thread and for the one that writes snapshots. */
final class ApplyQueue {

    private static final int LONGEST_BATCH = 6;

    private final SimulatedMember member;
    private final Simulation simulation;
    private final LogDisk disk;
    private final ReplicatedState state;
    private final Runnable applied;
    private final ToApplied answers;
    private long readyAt;
    private long appliedIndex;
    private long committed;
    private boolean loading;
    private boolean writing;
    private boolean failedBefore;

    /** Told of each entry before its batch is visible. */
    @FunctionalInterface
    interface ToApplied {
        void applied(long index, long term);
    }

    /** @param applied runs when something was made visible */
    ApplyQueue(SimulatedMember member, LogDisk disk, ReplicatedState state, Runnable applied, ToApplied answers) {
        this.member = member;
        this.simulation = member.cluster().simulation();
        this.disk = disk;
        this.state = state;
        this.applied = applied;
        this.answers = answers;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    /** Whether a snapshot is being written or loaded, so that no other can be taken in. */
    boolean isBusy() {
        return writing || loading || appliedIndex < committed;
    }

    /** The member starts: its snapshot is the state. */
    void start() {
        if (disk.snapshot() != null) {
            load(disk.snapshot(), disk.snapshotIndex(), false);
        }
    }

    /** Does something behind everything that is to be done already. */
    void run(Runnable task) {
        long delay = simulation.chance(0.02) ? simulation.millis(20, 500) : simulation.millis(0, 3);
        readyAt = Math.max(readyAt, simulation.now() + delay);
        simulation.later(member.process(), readyAt - simulation.now(), task);
    }

    /** Entries up to one are committed. */
    void commit(long index) {
        committed = index;
        run(() -> applyTo(index));
    }

    private void applyTo(long index) {
        while (appliedIndex < index) {
            long end = Math.min(index, appliedIndex + 1 + simulation.random.nextInt(LONGEST_BATCH));
            while (appliedIndex < end) {
                LogDisk.Entry entry = disk.entry(appliedIndex + 1);
                if (entry.bytes() != null) {
                    state.apply(appliedIndex + 1, entry.term(), ByteBuffer.wrap(entry.bytes()));
                }
                appliedIndex++;
                answers.applied(appliedIndex, entry.term());
            }
            state.batchEnd();
        }
        simulation.trace(member, "applied up to", index);
        applied.run();
        if (!writing && appliedIndex - disk.snapshotIndex() >= member.cluster().snapshotEvery()) {
            capture();
        }
    }

    private void capture() {
        writing = true;
        long index = appliedIndex;
        ReplicatedState.Snapshot captured = state.snapshot();
        simulation.later(member.process(), simulation.millis(0, 200), () -> write(captured, index));
    }

    private void write(ReplicatedState.Snapshot captured, long index) {
        Path directory = member.cluster().newDirectory();
        boolean fails = simulation.chance(member.cluster().isCalm() ? 0 : 0.15);
        if (fails) {
            member.pages().failAfter(simulation.random.nextInt(12));
        }
        boolean written = false;
        try (captured) {
            captured.write(directory);
            written = true;
        } catch (IOException e) {
            simulation.trace(member, "could not write a checkpoint:", e.getMessage());
            if (!fails && !failedBefore) {
                throw new AssertionError("a checkpoint failed", e);
            }
        }
        member.pages().repair();
        // If the disk did not let the page file be opened again, the next checkpoint does that; and if the write before had happened, nothing else.
        failedBefore = !written;
        if (fails && simulation.chance(0.6)) {
            member.crash();
        } else if (written) {
            simulation.trace(member, "wrote a checkpoint at", index);
            // The page file is newer than the snapshot for a while.
            simulation.later(member.process(), simulation.millis(0, 300), () -> {
                disk.begin(directory, index, disk.termAt(index));
                writing = false;
            });
        } else {
            writing = false;
        }
    }

    /** Another member's state is here and is to be loaded. */
    void received(Path directory, long index) {
        committed = index;
        loading = true;
        run(() -> {
            boolean fails = simulation.chance(member.cluster().isCalm() ? 0 : 0.2);
            if (fails) {
                member.pages().failAfter(simulation.random.nextInt(12));
            }
            boolean loaded = load(directory, index, fails);
            member.pages().repair();
            loading = false;
            if (loaded) {
                applied.run();
            } else {
                member.crash(); // and begins with the snapshot when it is started anew
            }
        });
    }

    private boolean load(Path directory, long index, boolean mayFail) {
        try {
            state.load(directory);
        } catch (IOException e) {
            if (mayFail) {
                simulation.trace(member, "could not load a snapshot:", e.getMessage());
                return false;
            }
            throw new AssertionError(member + " cannot load its snapshot at " + index, e);
        }
        appliedIndex = index;
        committed = Math.max(committed, index);
        simulation.trace(member, "loaded the snapshot at", index);
        return true;
    }
}
