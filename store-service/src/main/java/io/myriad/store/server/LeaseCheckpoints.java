package io.myriad.store.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.RemainingTime;
import io.myriad.store.state.Command;
import io.myriad.store.state.LeaseCheckpoint;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

/**
 * The leader's part in what another leader will know of leases: it proposes to write down what they have left, and to take that back when one is renewed.
 *
 * <p>What takes back must come behind what it takes back, and proposals may overtake each other on their way. So one checkpoint is under way at a time, and nothing is taken back
 * until it is known what became of it. A checkpoint that is made later than the renewal may come in any order: it knows of the renewal.
 */
final class LeaseCheckpoints {

    /** Leases of one checkpoint, as etcd has it. */
    static final int MAX_LEASES = 1000;
    /** Renewals that may wait for a checkpoint. */
    static final int MAX_WAITING_RENEWALS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseCheckpoints.class);

    private final LeaseClock clock;
    private final LongSupplier nanoTime;
    private final Proposer proposer;
    private boolean underWay;
    private List<Runnable> waiting = new ArrayList<>();

    LeaseCheckpoints(LeaseClock clock, LongSupplier nanoTime, Proposer proposer) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.proposer = proposer;
    }

    /** One turn, to be called several times a second. Of who does not lead the clock wants nothing written down. */
    void doWork() {
        LeaseClock.Checkpoint due;
        // Together, so that who renews one of these leases sees both.
        synchronized (this) {
            if (underWay) {
                return;
            }
            due = clock.dueCheckpoint(nanoTime.getAsLong(), MAX_LEASES);
            underWay = !due.leases().isEmpty();
        }
        if (!due.leases().isEmpty()) {
            propose(due.term(), due.leases(), reply -> written(due.leases().size(), reply));
        }
    }

    private void propose(long term, List<RemainingTime> leases, Consumer<Reply> completion) {
        proposer.propose(Command.LEASE_CHECKPOINT, new LeaseCheckpoint(term, leases).payload(), completion);
    }

    private void written(int leases, Reply reply) {
        List<Runnable> renewals;
        synchronized (this) {
            underWay = false;
            renewals = waiting;
            waiting = new ArrayList<>();
        }
        renewals.forEach(Runnable::run);
        if (reply instanceof StoreError error) {
            LOG.warn("what {} leases have left was not written down: {}", leases, error.text());
        } else if (leases == MAX_LEASES) {
            doWork();
        }
    }

    /** Takes back what was written down of a lease; calls back when it is, or with an error. Does not wait. */
    void takeBack(long id, long term, Consumer<@Nullable StoreError> callback) {
        boolean refused;
        synchronized (this) {
            refused = underWay && waiting.size() >= MAX_WAITING_RENEWALS;
            if (underWay && !refused) {
                waiting.add(() -> proposeToTakeBack(id, term, callback));
                return;
            }
        }
        if (refused) {
            callback.accept(StoreError.TOO_MANY_REQUESTS);
        } else {
            proposeToTakeBack(id, term, callback);
        }
    }

    private void proposeToTakeBack(long id, long term, Consumer<@Nullable StoreError> callback) {
        propose(term, List.of(new RemainingTime(id, 0)), reply -> callback.accept(
                reply == StoreError.EARLIER_TERM
                        ? StoreError.NOT_LEADER
                        : reply instanceof StoreError error ? error : null));
    }
}
