package io.myriad.store.server;

import java.util.function.LongSupplier;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;

/** Questions about leases that only the leader's clock can answer; and only if a quorum still takes it for the leader does what it says count. */
final class LeaderLeases {

    private final StoreMachine machine;
    private final LeaseClock clock;
    private final ReplicatedLog log;
    private final LinearizableReads reads;
    private final LongSupplier nanoTime;

    LeaderLeases(StoreMachine machine, LeaseClock clock, ReplicatedLog log, LinearizableReads reads,
            LongSupplier nanoTime) {
        this.machine = machine;
        this.clock = clock;
        this.log = log;
        this.reads = reads;
        this.nanoTime = nanoTime;
    }

    /** Renews a lease and hands over its time to live in seconds, 0 if there is no such lease. */
    void renew(long id, StoreMember.LeaseAnswer answer) {
        ask(answer, () -> {
            LeaseTable.Lease lease = machine.leases().get(id);
            return lease != null && clock.renew(id, nanoTime.getAsLong()) ? lease.ttlSeconds() : 0;
        });
    }

    /** Hands over the seconds that a lease has left, -1 if there is no such lease. */
    void remaining(long id, StoreMember.LeaseAnswer answer) {
        ask(answer, () -> {
            Long seconds = clock.remainingSeconds(id, nanoTime.getAsLong());
            return seconds == null ? -1 : seconds;
        });
    }

    private void ask(StoreMember.LeaseAnswer answer, LongSupplier question) {
        reads.await(error -> {
            if (error != null) {
                answer.failed(error);
            } else if (!log.leadership().local()) {
                answer.failed(StoreError.NOT_LEADER);
            } else {
                answer.done(question.getAsLong());
            }
        });
    }
}
