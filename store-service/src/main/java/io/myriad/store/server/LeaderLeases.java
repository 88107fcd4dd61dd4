package io.myriad.store.server;

import java.util.function.LongSupplier;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.lease.Renewal;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;

/** Questions about leases that only the leader's clock can answer; and only if a quorum still takes it for the leader does what it says count. */
final class LeaderLeases {

    private final StoreMachine machine;
    private final LeaseClock clock;
    private final ReplicatedLog log;
    private final LinearizableReads reads;
    private final LeaseCheckpoints checkpoints;
    private final LongSupplier nanoTime;

    LeaderLeases(StoreMachine machine, LeaseClock clock, ReplicatedLog log, LinearizableReads reads,
            LeaseCheckpoints checkpoints, LongSupplier nanoTime) {
        this.machine = machine;
        this.clock = clock;
        this.log = log;
        this.reads = reads;
        this.checkpoints = checkpoints;
        this.nanoTime = nanoTime;
    }

    /** Renews a lease and hands over its time to live in seconds, 0 if there is no such lease. */
    void renew(long id, StoreMember.LeaseAnswer answer) {
        ask(answer, () -> renew(id, 0, answer));
    }

    /** @param takenBack the checkpoint of the lease that was taken back for this renewal; 0: none */
    private void renew(long id, long takenBack, StoreMember.LeaseAnswer answer) {
        LeaseTable.Lease lease = machine.leases().get(id);
        switch (clock.renew(id, takenBack, nanoTime.getAsLong())) {
            case Renewal.Renewed renewed -> answer.done(lease == null ? 0 : lease.ttlSeconds());
            case Renewal.Gone gone -> answer.done(0);
            case Renewal.NotLeading notLeading -> answer.failed(StoreError.NOT_LEADER);
            case Renewal.Checkpointed checkpointed -> checkpoints.takeBack(id, checkpointed.term(), error -> {
                if (error != null) {
                    answer.failed(error);
                } else {
                    renew(id, checkpointed.checkpoint(), answer);
                }
            });
        }
    }

    /** Hands over the seconds that a lease has left, -1 if there is no such lease. */
    void remaining(long id, StoreMember.LeaseAnswer answer) {
        ask(answer, () -> {
            Long seconds = clock.remainingSeconds(id, nanoTime.getAsLong());
            answer.done(seconds == null ? -1 : seconds);
        });
    }

    private void ask(StoreMember.LeaseAnswer answer, Runnable question) {
        reads.await(error -> {
            if (error != null) {
                answer.failed(error);
            } else if (!log.leadership().local()) {
                answer.failed(StoreError.NOT_LEADER);
            } else {
                question.run();
            }
        });
    }
}
