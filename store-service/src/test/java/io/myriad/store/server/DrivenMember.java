package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.lease.LeaseClock;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.raft.OperationLog;
import io.myriad.store.raft.Proposal;
import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.raft.ReplicatedState;
import io.myriad.store.state.Command;
import io.myriad.store.state.Reply;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;

/** The parts of a member above its log, put together as {@link StoreMember} does it, but without threads and clocks of their own: whoever owns it says when something happens. */
public final class DrivenMember {

    /** So little that most values are read from the page file. */
    private static final ValueBudget VALUES = new ValueBudget(2000, Long.MAX_VALUE);
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So short that every lease has several. */
    private static final long LEASE_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final StoreMachine machine;
    private final WatchAgent watches;
    private final StateCheckpoint checkpoint;
    private final MemberState state;
    private final OperationLog operations;
    private final LinearizableReads reads;
    private final LeaderLeases leases;
    private final LeaseExpiry expiry;
    private final LeaseCheckpoints checkpoints;

    /**
     * @param pages opens the page file
     * @param firstBatchId greater than any number that the member used before it was started anew
     * @param later runs what it is given after a while
     */
    public DrivenMember(long id, ReplicatedLog log, StateCheckpoint.Opener pages, long firstBatchId,
            LongSupplier nanoTime, Executor later, Random random) throws IOException {
        // Members need not have the same opinion whether there are to be checkpoints.
        LeaseClock clock = new LeaseClock(random.nextBoolean() ? LEASE_CHECKPOINT_NANOS : 0);
        machine = new StoreMachine(new ResponseHeader(1, id), clock, nanoTime);
        watches = new WatchAgent(machine::view, PROGRESS_NANOS, nanoTime, random);
        checkpoint = new StateCheckpoint(Path.of("simulated"), pages, machine, VALUES, null);
        machine.keepHistoryAfter(() -> Math.min(watches.dispatchedRevision(), checkpoint.keptRevision()));
        MemberSnapshots snapshots = new MemberSnapshots(checkpoint, new DiskSpace(() -> -1));
        state = new MemberState(machine, snapshots, clock, nanoTime, watches::wake, reason -> {
            throw new IllegalStateException(reason);
        });
        operations = new OperationLog(id, firstBatchId, log, 0, TIMEOUT_NANOS, nanoTime, later);
        reads = new LinearizableReads(log, TIMEOUT_NANOS, nanoTime, later);
        Proposer proposer = (command, payload, completion) -> propose(command, payload, () -> false, completion);
        checkpoints = new LeaseCheckpoints(clock, nanoTime, proposer);
        leases = new LeaderLeases(machine, clock, log, reads, checkpoints, nanoTime);
        expiry = new LeaseExpiry(clock, log, nanoTime, proposer);
        state.open(operations);
    }

    /** What the log drives. */
    public ReplicatedState state() {
        return state;
    }

    public StoreMachine machine() {
        return machine;
    }

    public WatchAgent watches() {
        return watches;
    }

    public StateCheckpoint checkpoint() {
        return checkpoint;
    }

    public int pendingOperations() {
        return operations.pendingOperations();
    }

    public void propose(Command command, byte[] payload, BooleanSupplier abandoned, Consumer<Reply> completion) {
        operations.propose(new Proposal(command.number(), payload, null, null, abandoned, completion));
    }

    /** Calls back when a local read is linearizable. */
    public void awaitRead(Consumer<@Nullable StoreError> callback) {
        reads.await(callback);
    }

    /** Renews a lease if this member leads, and hands over its time to live; 0 if there is no such lease, -1 if nobody knows. */
    public void renew(long id, LongConsumer answer) {
        leases.renew(id, new StoreMember.LeaseAnswer() {
            @Override
            public void done(long seconds) {
                answer.accept(seconds);
            }

            @Override
            public void failed(StoreError error) {
                answer.accept(-1);
            }
        });
    }

    /** Turns of the batcher. */
    public void sendProposals() {
        while (operations.doWork()) {}
    }

    /** A turn of the ticker. */
    public void tick() {
        operations.expire();
        expiry.doWork();
        checkpoints.doWork();
    }
}
