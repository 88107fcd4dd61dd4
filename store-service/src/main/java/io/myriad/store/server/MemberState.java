package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.raft.OperationHandler;
import io.myriad.store.raft.OperationLog;
import io.myriad.store.raft.ReplicatedState;
import io.myriad.store.state.Command;
import io.myriad.store.state.EtcdExport;
import io.myriad.store.state.Membership;
import io.myriad.store.state.Operation;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreMachine;

/** What the log drives: entries go to the machine, snapshots of the log to the page file, leadership to the clock of leases. */
final class MemberState implements ReplicatedState {

    private final StoreMachine machine;
    private final MemberSnapshots snapshots;
    private final LeaseClock leaseClock;
    private final LongSupplier nanoTime;
    private final Runnable changed;
    private final Consumer<String> failed;
    /** The log may apply before it is known who proposed here. */
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile OperationLog.@Nullable Applier applier;
    /** Of the last entry that the machine's state is the result of. The apply thread. */
    private long appliedIndex;
    private long appliedTerm;

    /**
     * @param changed runs on the apply thread when another state is visible
     * @param failed told, on any thread, why nothing will be applied any more
     */
    MemberState(StoreMachine machine, MemberSnapshots snapshots, LeaseClock leaseClock, LongSupplier nanoTime,
            Runnable changed, Consumer<String> failed) {
        this.machine = machine;
        this.snapshots = snapshots;
        this.leaseClock = leaseClock;
        this.nanoTime = nanoTime;
        this.changed = changed;
        this.failed = failed;
    }

    /** Begins to apply entries, and to answer those who proposed what is in them. */
    void open(OperationLog operations) {
        applier = operations.new Applier(new Handler());
        opened.countDown();
    }

    boolean isOpen() { return applier != null; }

    private OperationLog.Applier applier() {
        OperationLog.Applier current = applier;
        if (current == null) {
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            current = java.util.Objects.requireNonNull(applier);
        }
        return current;
    }

    /** Synchronized, as everything is that changes the state or takes it as it is. */
    @Override
    public synchronized void apply(long index, long term, ByteBuffer entry) {
        if (index > appliedIndex) {
            applier().apply(term, entry);
            appliedIndex = index;
            appliedTerm = term;
        }
    }

    @Override
    public void batchEnd() {
        applier().batchEnd();
    }

    /** Takes the state to be written as etcd's database. Any thread; nothing is applied meanwhile. */
    synchronized EtcdExport export(Membership members) {
        return new EtcdExport(machine, appliedIndex, appliedTerm, members);
    }

    @Override
    public synchronized Snapshot snapshot() {
        return snapshots.capture(appliedIndex, appliedTerm);
    }

    @Override
    public void lend(Path directory) throws IOException {
        snapshots.lend(directory);
    }

    /** The state may be the result of more entries than the snapshot says: they are not applied again. */
    @Override
    public synchronized void load(Path directory) throws IOException {
        appliedIndex = snapshots.load(directory);
        changed.run();
    }

    @Override
    public void leading(long term) {
        leaseClock.lead(machine.leases().all(), term, nanoTime.getAsLong());
    }

    @Override
    public void following() {
        leaseClock.follow();
    }

    @Override
    public void failed(String reason) {
        failed.accept(reason);
    }

    /** Operations as the machine does them. */
    private final class Handler implements OperationHandler {
        @Override
        public Reply apply(byte command, byte[] payload, @Nullable Object decoded, long term, boolean answered) {
            return machine.apply(Command.of(command), payload,
                    decoded instanceof Operation operation ? operation : null, term, answered);
        }

        @Override
        public void publish() {
            synchronized (MemberState.this) {
                Failpoint.BEFORE_WRITEBACK_BUF.hit();
                machine.publish();
                Failpoint.AFTER_WRITEBACK_BUF.hit();
            }
            changed.run();
        }
    }
}
