package io.myriad.store.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;

import com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.store.api.LeaseCheckpointRequest;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.mvcc.ValueBudget;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What leases have left: in the log, in the state, and in etcd's files. */
final class LeaseCheckpointTest {

    private static final long TERM = 3;

    private final StoreMachine machine = machine();

    private static StoreMachine machine() {
        return new StoreMachine(new ResponseHeader(1, 2), new LeaseClock(), () -> 0);
    }

    private Reply apply(long term, RemainingTime... leases) {
        return machine.apply(Command.LEASE_CHECKPOINT, new LeaseCheckpoint(term, List.of(leases)).payload(), null,
                TERM, true);
    }

    private long remaining(long id) {
        return requireNonNull(machine.leases().get(id)).remainingSeconds();
    }

    @Test
    void isARequestOfEtcdWithATerm() throws InvalidProtocolBufferException {
        LeaseCheckpoint checkpoint = new LeaseCheckpoint(TERM,
                List.of(new RemainingTime(7, 5), new RemainingTime(9, 0)));
        byte[] payload = checkpoint.payload();
        assertThat(HexFormat.of().formatHex(payload)).isEqualTo("0a04080710050a0208091003");
        assertThat(LeaseCheckpoint.read(payload)).isEqualTo(checkpoint);
        LeaseCheckpointRequest request = LeaseCheckpointRequest.parseFrom(payload);
        assertThat(request.getCheckpoints(0).getID()).isEqualTo(7);
        assertThat(request.getCheckpoints(0).getRemainingTTL()).isEqualTo(5);
    }

    @Test
    void setsWhatIsLeftAndTakesItBack() {
        machine.leases().grant(7, 600);
        machine.leases().grant(9, 600);
        assertThat(apply(TERM, new RemainingTime(7, 500), new RemainingTime(8, 1), new RemainingTime(9, 400)))
                .isNotInstanceOf(StoreError.class);
        assertThat(remaining(7)).isEqualTo(500);
        assertThat(remaining(9)).isEqualTo(400);
        assertThat(machine.leases().get(8)).as("gone meanwhile").isNull();
        apply(TERM, new RemainingTime(7, 0));
        assertThat(remaining(7)).isZero();
        assertThat(remaining(9)).isEqualTo(400);
    }

    @Test
    void countsOnlyInTheTermOfItsLeader() {
        machine.leases().grant(7, 600);
        assertThat(apply(TERM - 1, new RemainingTime(7, 500))).isEqualTo(StoreError.EARLIER_TERM);
        assertThat(remaining(7)).isZero();
    }

    @Test
    void aLeaseOfWhichNothingIsWrittenDownIsAsInOlderPageFiles() {
        assertThat(StateEntries.lease(new StoredLease(7, 600, 0))).as("as ever").hasSize(Long.BYTES);
        assertThat(StateEntries.lease(new StoredLease(7, 600, 500))).hasSize(2 * Long.BYTES);
    }

    @Test
    void etcdsFileKeepsIt(@TempDir Path directory) throws IOException {
        machine.leases().grant(7, 600);
        machine.leases().grant(9, 600);
        apply(TERM, new RemainingTime(7, 500));
        Path path = directory.resolve("db");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE); EtcdExport export = new EtcdExport(machine, 5, TERM, Membership.UNKNOWN)) {
            export.write(file);
        }
        StoreMachine other = machine();
        try (StateCheckpoint checkpoint = new StateCheckpoint(directory.resolve("state.pages"), other,
                ValueBudget.UNLIMITED, null)) {
            checkpoint.restoreEtcd(path, 5);
        }
        assertThat(other.leases().all())
                .extracting(LeaseTable.Lease::id, LeaseTable.Lease::ttlSeconds, LeaseTable.Lease::remainingSeconds)
                .containsExactlyInAnyOrder(tuple(7L, 600L, 500L),
                        tuple(9L, 600L, 0L));
    }
}
