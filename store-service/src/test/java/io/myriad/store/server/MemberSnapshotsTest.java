package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.raft.ReplicatedState;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreMachine;

import static org.assertj.core.api.Assertions.assertThat;

/** Snapshots of the log, from one member to another. */
final class MemberSnapshotsTest {

    @TempDir
    private Path directory;

    private StateCheckpoint checkpoint(String name) throws IOException {
        StoreMachine machine = new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
        machine.leases().grant(7, 60);
        return new StateCheckpoint(directory.resolve(name), machine, ValueBudget.UNLIMITED, null);
    }

    /** The log has entries that are none of the state's: it may be cut before the state has any. */
    @Test
    void aStateWithoutEntriesComesToAnotherMember() throws IOException {
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        try (StateCheckpoint one = checkpoint("one"); StateCheckpoint other = checkpoint("other")) {
            MemberSnapshots snapshots = new MemberSnapshots(one, new DiskSpace(() -> -1));
            try (ReplicatedState.Snapshot captured = snapshots.capture(0, 0)) {
                captured.write(snapshot);
            }
            assertThat(snapshots.load(snapshot)).isZero();
            snapshots.lend(snapshot);
            assertThat(new MemberSnapshots(other, new DiskSpace(() -> -1)).load(snapshot)).isZero();
        }
    }
}
