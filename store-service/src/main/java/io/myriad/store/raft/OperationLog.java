package io.myriad.store.raft;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;

/**
 * Operations over the replicated log: many operations in one entry on the way in, each answered on the way out.
 *
 * <p><b>Way in.</b> Any thread proposes; one batcher thread packs what waits into an entry. At most {@value #MAX_ENTRIES_IN_FLIGHT} entries are on their way at a
 * time, so under load the next one fills while those travel. After an entry of {@value #LOAD_THRESHOLD} operations or more the batcher also waits for a short window: the
 * log's cost is per entry. A single client never waits.
 *
 * <p><b>Way out.</b> The apply thread unpacks an entry, and if this member proposed it, it knows who waits for the answers: completions run after the batch is visible to readers,
 * gathered into one task for each executor. A proposal whose entry is lost with its leader is answered after a time limit; whether it happened is then unknown to the
 * client, as with etcd.
 *
 * <p><b>Nobody waits.</b> Without a leader an entry is refused and tried again. What a client has given up in the meantime is left out of the next try: it may long have
 * written something newer elsewhere.
 */
public final class OperationLog implements AutoCloseable {

    /** Operations that may wait for an entry; more are refused with {@link StoreError#TOO_MANY_REQUESTS}. */
    public static final int MAX_WAITING_OPERATIONS = 20_000;

    static final int MAX_ENTRIES_IN_FLIGHT = 4;
    static final int MAX_OPERATIONS_PER_ENTRY = 512;
    static final int MAX_ENTRY_BYTES = 1 << 20;
    static final int LOAD_THRESHOLD = 16;
    private static final long REJECTED_RETRY_NANOS = 20_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(OperationLog.class);

    private final long memberId;
    private final ReplicatedLog log;
    private final LongSupplier nanoTime;
    private final Executor later;
    private final long windowNanos;
    private final long timeoutNanos;
    private final ConcurrentLinkedQueue<Proposal> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final LongAdder failedOperations = new LongAdder();
    private final Semaphore slots = new Semaphore(MAX_ENTRIES_IN_FLIGHT);
    private final Map<Long, Batch> pending = new ConcurrentHashMap<>();
    private final Thread batcher;
    private volatile boolean parked;
    private volatile boolean closed;
    private long nextBatchId;

    /** An entry under way. */
    private final class Batch {
        final long id;
        final long deadlineNanos;
        volatile List<Proposal> proposals;
        volatile byte[] entry;
        private boolean holdsSlot = true;
        private boolean givenUp;

        Batch(long id, List<Proposal> proposals, long deadlineNanos) {
            this.id = id;
            this.deadlineNanos = deadlineNanos;
            this.proposals = proposals;
            this.entry = EntryFormat.pack(memberId, id, proposals);
        }

        /** Leaves out what nobody waits for any more; only while there is no such entry in the log. */
        void dropAbandoned() {
            Map<Boolean, List<Proposal>> byAbandoned = proposals.stream()
                    .collect(Collectors.partitioningBy(proposal -> proposal.abandoned().getAsBoolean()));
            List<Proposal> gone = byAbandoned.getOrDefault(true, List.of());
            if (!gone.isEmpty()) {
                proposals = byAbandoned.getOrDefault(false, List.of());
                entry = EntryFormat.pack(memberId, id, proposals);
                gone.forEach(OperationLog.this::abandon);
            }
        }

        /** Sends it, unless who proposed was told that it was given up: what they propose then must not be overtaken. */
        synchronized void append(Consumer<ReplicatedLog.Outcome> callback) {
            if (!givenUp) {
                log.append(entry, callback);
            }
        }

        synchronized void giveUp() {
            givenUp = true;
        }

        synchronized void releaseSlot() {
            if (holdsSlot) {
                holdsSlot = false;
                slots.release();
            }
        }
    }

    /**
     * @param memberId this member
     * @param firstBatchId where this process begins to number its batches; must be greater than any number it ever used
     * @param windowNanos how long an entry waits for more operations under load
     * @param timeoutNanos after which a proposal is given up
     */
    public OperationLog(long memberId, long firstBatchId, ReplicatedLog log, long windowNanos, long timeoutNanos,
            LongSupplier nanoTime) {
        this(memberId, firstBatchId, log, windowNanos, timeoutNanos, nanoTime,
                CompletableFuture.delayedExecutor(REJECTED_RETRY_NANOS, TimeUnit.NANOSECONDS));
    }

    /** @param later runs what it is given after a short while, on any thread: entries that were refused are tried again there */
    public OperationLog(long memberId, long firstBatchId, ReplicatedLog log, long windowNanos, long timeoutNanos,
            LongSupplier nanoTime, Executor later) {
        this.memberId = memberId;
        this.nextBatchId = firstBatchId;
        this.log = log;
        this.windowNanos = windowNanos;
        this.timeoutNanos = timeoutNanos;
        this.nanoTime = nanoTime;
        this.later = later;
        this.batcher = Thread.ofPlatform().name("store-batcher").daemon().unstarted(this::batch);
    }

    /** Begins to send proposals, on a thread of its own. */
    public void start() {
        batcher.start();
    }

    /** Operations that wait for an entry or for their answer. */
    public int pendingOperations() {
        int count = waitingCount.get();
        for (Batch batch : pending.values()) {
            count += batch.proposals.size();
        }
        return count;
    }

    /** Operations that were given up. */
    public long failedOperations() {
        return failedOperations.sum();
    }

    /** Proposes an operation. */
    public void propose(Proposal proposal) {
        if (closed) {
            complete(proposal, StoreError.STOPPED);
            return;
        }
        if (waitingCount.incrementAndGet() > MAX_WAITING_OPERATIONS) {
            waitingCount.decrementAndGet();
            failedOperations.increment();
            complete(proposal, StoreError.TOO_MANY_REQUESTS);
            return;
        }
        waiting.add(proposal);
        if (parked) {
            LockSupport.unpark(batcher);
        }
        if (closed) {
            failWaiting(StoreError.STOPPED);
        }
    }

    private void batch() {
        int lastSize = 0;
        while (!closed) {
            if (waiting.peek() == null) {
                parkUntilWork();
                continue;
            }
            slots.acquireUninterruptibly();
            if (lastSize >= LOAD_THRESHOLD && waitingCount.get() < MAX_OPERATIONS_PER_ENTRY / 2) {
                waitForMore();
            }
            lastSize = sendWaiting();
        }
        failWaiting(StoreError.STOPPED);
    }

    /** One turn of the batcher that waits for nothing: packs an entry if there is something to pack and room for it on the way. For who has not called {@link #start}. */
    public boolean doWork() {
        if (closed || waiting.peek() == null || !slots.tryAcquire()) {
            return false;
        }
        sendWaiting();
        return true;
    }

    /** Packs what waits into an entry and sends it; a slot is held. Returns how many operations there were. */
    private int sendWaiting() {
        List<Proposal> proposals = new ArrayList<>(
                Math.min(MAX_OPERATIONS_PER_ENTRY, Math.max(1, waitingCount.get())));
        takeWaiting(proposals);
        if (proposals.isEmpty()) {
            slots.release();
            return 0;
        }
        long id = nextBatchId++;
        Batch batch = new Batch(id, proposals, nanoTime.getAsLong() + timeoutNanos);
        pending.put(id, batch);
        send(batch);
        return proposals.size();
    }

    private void parkUntilWork() {
        parked = true;
        if (waiting.peek() == null && !closed) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void waitForMore() {
        long until = nanoTime.getAsLong() + windowNanos;
        for (long left; (left = until - nanoTime.getAsLong()) > 0;) {
            if (waitingCount.get() >= MAX_OPERATIONS_PER_ENTRY / 2 || closed) {
                return;
            }
            LockSupport.parkNanos(this, Math.min(left, 250_000));
        }
    }

    private void takeWaiting(List<Proposal> target) {
        int bytes = 0;
        while (target.size() < MAX_OPERATIONS_PER_ENTRY) {
            Proposal next = waiting.peek();
            if (next == null || bytes > 0 && bytes + next.payload().length > MAX_ENTRY_BYTES) {
                return;
            }
            waiting.poll();
            waitingCount.decrementAndGet();
            if (next.abandoned().getAsBoolean()) {
                abandon(next);
                continue;
            }
            target.add(next);
            bytes += next.payload().length + EntryFormat.OPERATION_OVERHEAD_BYTES;
        }
    }

    private void send(Batch batch) {
        batch.append(outcome -> {
            switch (outcome) {
                case ACCEPTED -> {}
                case REJECTED -> retryLater(batch);
                // It may still be applied, but others need not wait for that.
                case UNKNOWN -> batch.releaseSlot();
            }
        });
    }

    private void retryLater(Batch batch) {
        if (closed || nanoTime.getAsLong() - batch.deadlineNanos >= 0) {
            fail(batch, log.leadership().known() ? StoreError.TIMEOUT : StoreError.NO_LEADER);
            return;
        }
        later.execute(() -> {
            if (!pending.containsKey(batch.id)) {
                return;
            }
            batch.dropAbandoned();
            if (!batch.proposals.isEmpty()) {
                send(batch);
            } else if (pending.remove(batch.id) != null) {
                batch.releaseSlot();
            }
        });
    }

    private void abandon(Proposal proposal) {
        failedOperations.increment();
        complete(proposal, StoreError.TIMEOUT);
    }

    /** Gives up proposals that waited too long. To be called every some 100 ms. */
    public void expire() {
        long now = nanoTime.getAsLong();
        for (Batch batch : pending.values()) {
            if (now - batch.deadlineNanos >= 0) {
                fail(batch, log.leadership().known() ? StoreError.TIMEOUT : StoreError.TIMEOUT_LEADER_FAILED);
            }
        }
    }

    /** Fails everything that waits, now: nothing can be written on this member any more. */
    public void failAll(StoreError error) {
        failWaiting(error);
        pending.values().forEach(batch -> fail(batch, error));
    }

    private void fail(Batch batch, StoreError error) {
        if (pending.remove(batch.id) != null) {
            batch.giveUp();
            failedOperations.add(batch.proposals.size());
            batch.releaseSlot();
            batch.proposals.forEach(proposal -> complete(proposal, error));
        }
    }

    private void failWaiting(StoreError error) {
        for (Proposal proposal; (proposal = waiting.poll()) != null;) {
            waitingCount.decrementAndGet();
            complete(proposal, error);
        }
    }

    private static void complete(Proposal proposal, Reply reply) {
        Executor origin = proposal.origin();
        if (origin == null) {
            proposal.completion().accept(reply);
        } else {
            origin.execute(() -> proposal.completion().accept(reply));
        }
    }

    @Override
    public void close() {
        closed = true;
        slots.release();
        LockSupport.unpark(batcher);
        failAll(StoreError.STOPPED);
    }

    /** The way out: unpacks entries on the apply thread and answers. */
    public final class Applier {
        private final OperationHandler handler;
        private final Map<Executor, List<Runnable>> byOrigin = new IdentityHashMap<>();
        private final List<Runnable> withoutOrigin = new ArrayList<>();

        public Applier(OperationHandler handler) {
            this.handler = handler;
        }

        /** Applies the operations of an entry; returns how many there were. */
        public int apply(long term, ByteBuffer entry) {
            EntryFormat.checkFormat(entry);
            long proposer = entry.getLong();
            long batchId = entry.getLong();
            int count = entry.getInt();
            Batch batch = proposer == memberId ? pending.remove(batchId) : null;
            for (int i = 0; i < count; i++) {
                byte command = entry.get();
                int length = entry.getInt();
                if (batch != null) {
                    Proposal proposal = batch.proposals.get(i);
                    entry.position(entry.position() + length);
                    answer(proposal, handler.apply(command, proposal.payload(), proposal.decoded(), term, true));
                } else {
                    byte[] payload = new byte[length];
                    entry.get(payload);
                    handler.apply(command, payload, null, term, false);
                }
            }
            if (batch != null) {
                batch.releaseSlot();
            }
            return count;
        }

        private void answer(Proposal proposal, Reply reply) {
            @Nullable
            Executor origin = proposal.origin();
            List<Runnable> tasks = origin == null
                    ? withoutOrigin
                    : byOrigin.computeIfAbsent(origin, absent -> new ArrayList<>());
            tasks.add(() -> proposal.completion().accept(reply));
        }

        /** Makes the applied entries visible, then answers. */
        public void batchEnd() {
            handler.publish();
            byOrigin.forEach((origin, tasks) -> {
                if (!tasks.isEmpty()) {
                    Runnable[] run = tasks.toArray(new Runnable[0]);
                    tasks.clear();
                    origin.execute(() -> runAll(run));
                }
            });
            if (!withoutOrigin.isEmpty()) {
                Runnable[] run = withoutOrigin.toArray(new Runnable[0]);
                withoutOrigin.clear();
                runAll(run);
            }
        }

        private static void runAll(Runnable[] tasks) {
            for (Runnable task : tasks) {
                try {
                    task.run();
                } catch (RuntimeException e) {
                    LOG.warn("A completion failed", e);
                }
            }
        }
    }
}
