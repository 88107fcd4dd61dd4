package io.myriad.store.server;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.Command;
import io.myriad.store.state.LeaseRequest;

/** The leader's part in the end of leases: it proposes to revoke what ran out by its clock. */
final class LeaseExpiry {

    /** Leases revoked in one turn. */
    static final int MAX_EXPIRED_LEASES = 500;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final LeaseClock clock;
    private final ReplicatedLog log;
    private final LongSupplier nanoTime;
    private final Proposer proposer;

    LeaseExpiry(LeaseClock clock, ReplicatedLog log, LongSupplier nanoTime, Proposer proposer) {
        this.clock = clock;
        this.log = log;
        this.nanoTime = nanoTime;
        this.proposer = proposer;
    }

    /** One turn, to be called several times a second. A quorum has to confirm first that this member still leads: a leader that was paused or cut off revokes nothing. */
    void doWork() {
        long term = log.leadership().term();
        if (!log.leadership().local()) {
            return;
        }
        List<Long> expired = clock.expired(nanoTime.getAsLong(), MAX_EXPIRED_LEASES, RETRY_NANOS);
        if (expired.isEmpty()) {
            return;
        }
        log.readIndex(error -> {
            if (error == null && log.leadership().local() && log.leadership().term() == term) {
                for (long id : expired) {
                    proposer.propose(Command.LEASE_EXPIRE, new LeaseRequest(id, term).payload(), ignored -> {});
                }
            }
        });
    }
}
