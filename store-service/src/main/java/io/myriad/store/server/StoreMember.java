package io.myriad.store.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.AlarmRequest;
import io.myriad.store.api.AlarmType;
import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.MemberListResponse;
import io.myriad.store.failpoint.Failpoint;
import io.myriad.store.lease.LeaseClock;
import io.myriad.store.lease.LeaseTable;
import io.myriad.store.mvcc.Footprint;
import io.myriad.store.mvcc.StoreView;
import io.myriad.store.mvcc.WatchAgent;
import io.myriad.store.raft.JRaftLog;
import io.myriad.store.raft.Member;
import io.myriad.store.raft.OperationLog;
import io.myriad.store.raft.PeerTransport;
import io.myriad.store.raft.Proposal;
import io.myriad.store.state.Alarms;
import io.myriad.store.state.Authorized;
import io.myriad.store.state.Caller;
import io.myriad.store.state.Command;
import io.myriad.store.state.EtcdExport;
import io.myriad.store.state.Membership;
import io.myriad.store.state.Operation;
import io.myriad.store.state.Reply;
import io.myriad.store.state.ResponseHeader;
import io.myriad.store.state.StateCheckpoint;
import io.myriad.store.state.StoreError;
import io.myriad.store.state.StoreMachine;
import io.myriad.store.value.ExternalValues;

/**
 * One member of the store, running: the replicated log, the state it is applied to, watchers over that state and the clock of leases. What the services offer is a thin layer
 * over this.
 */
public final class StoreMember implements AutoCloseable {

    /** The version of etcd whose API this is. */
    public static final String ETCD_VERSION = MaintenanceService.ETCD_VERSION;

    /** Threads for reads that are too long for an event loop, and how many of those may wait. */
    static final int READER_THREADS = 2;
    static final int MAX_WAITING_READS = 10_000;

    /** Questions between members; 4 is {@link PeerTransport#MEMBERS}. Whether the member of a number was removed. */
    static final byte REMOVED = 5;
    /** How far the log is applied. */
    static final byte APPLIED = 6;
    /** To the leader: a change of the members. */
    static final byte CHANGE = 7;
    /** The checksum of the keys up to a revision. */
    static final byte CHECKSUM = 8;
    private static final byte RENEW = 2;
    private static final byte REMAINING = 3;
    private static final long TICK_MILLIS = 250;
    private static final long DISK_MEASUREMENT_TICKS = 20;
    static final String PAGE_FILE = "state.pages";
    private static final Logger LOG = LoggerFactory.getLogger(StoreMember.class);

    private final StoreSettings settings;
    private final LongSupplier nanoTime = System::nanoTime;
    private final LeaseClock leaseClock;
    private final StoreMachine machine;
    private final StateCheckpoint checkpoint;
    private final MemberSnapshots snapshots;
    private final Defragmentation defragmentation;
    private final WatchAgent watches;
    private final JRaftLog log;
    private final OperationLog operations;
    private final AutoCompactor compactor;
    private final LinearizableReads reads;
    private final LeadershipTransfer transfer;
    private final Cluster cluster;
    private final ClusterChanges changes;
    private final SpaceQuota quota;
    private final MemberState state;
    private final LeaderLeases leaderLeases;
    private final LeaseExpiry expiry;
    private final LeaseCheckpoints leaseCheckpoints;
    private final ExecutorService readers;
    private final CorruptionCheck corruption;
    private final Thread ticker;
    private final DiskSpace disk;
    private final CompletableFuture<String> failed = new CompletableFuture<>();
    private final AtomicLong nextLeaseId;
    private volatile @Nullable String failure;
    private volatile Footprint footprint;
    private volatile long bytesOnDisk;
    private volatile boolean closed;

    /**
     * Opens the data directory's log, recovers the state and joins the cluster.
     *
     * @param transport how to reach the other members; null where there are none and will be none
     * @param values where values are to be; null: in the page file. Not closed with this
     * @param forceNanos told how long each force of the log to disk took
     */
    public StoreMember(StoreSettings settings, @Nullable PeerTransport transport,
            @Nullable ExternalValues values, LongConsumer forceNanos)
            throws IOException {
        this.settings = settings;
        this.disk = new DiskSpace(settings.usableBytes());
        disk.measure();
        this.leaseClock = new LeaseClock(settings.leaseCheckpointNanos());
        ResponseHeader header = new ResponseHeader(settings.clusterId(), settings.self().id());
        this.machine = new StoreMachine(header, leaseClock, nanoTime);
        this.footprint = machine.footprint();
        this.watches = new WatchAgent(machine::view, settings.progressIntervalNanos(), nanoTime, new Random());
        this.checkpoint = new StateCheckpoint(settings.raftDirectory().resolve(PAGE_FILE), machine,
                settings.values(), values);
        this.snapshots = new MemberSnapshots(checkpoint, disk);
        this.defragmentation = new Defragmentation(checkpoint, settings.defragmentationBytesPerSecond());
        this.machine.keepHistoryAfter(() -> Math.min(watches.dispatchedRevision(), checkpoint.keptRevision()));
        this.nextLeaseId = new AtomicLong(
                System.currentTimeMillis() << 20 & Long.MAX_VALUE ^ settings.self().id() << 48 & Long.MAX_VALUE);
        ThreadPoolExecutor pool = new ThreadPoolExecutor(READER_THREADS, READER_THREADS, 10, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_READS),
                Thread.ofPlatform().name("store-reader-", 0).daemon().factory());
        pool.allowCoreThreadTimeOut(true);
        this.readers = pool;
        this.state = new MemberState(machine, snapshots, leaseClock, nanoTime, this::changed, this::cannotWrite);
        try {
            this.log = new JRaftLog(settings.group(), settings.self().id(),
                    settings.members().stream().map(Member::id).toList(), settings.raftDirectory(),
                    transport, settings.timing(), settings.snapshotEntries(),
                    settings.snapshotBytesPerSecond(), settings.sync(), forceNanos, state);
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
        long requestTimeoutNanos = settings.timing().requestTimeoutNanos();
        this.operations = new OperationLog(settings.self().id(), System.currentTimeMillis() << 20, log,
                settings.batchWindowNanos(),
                requestTimeoutNanos, nanoTime);
        this.compactor = new AutoCompactor(settings.autoCompaction(), this::compact);
        this.reads = new LinearizableReads(log, requestTimeoutNanos, nanoTime);
        this.transfer = new LeadershipTransfer(log, requestTimeoutNanos, nanoTime);
        this.quota = new SpaceQuota(settings.quotaBytes(), settings.memoryBytes(), settings.self().id(),
                machine.alarms(), this::propose);
        this.leaseCheckpoints = new LeaseCheckpoints(leaseClock, nanoTime, this::propose);
        this.leaderLeases = new LeaderLeases(machine, leaseClock, log, reads, leaseCheckpoints, nanoTime);
        this.expiry = new LeaseExpiry(leaseClock, log, nanoTime, this::propose);
        this.cluster = new Cluster(settings, settings.known(), log, transport, machine::membership,
                new MembersFile(settings.raftDirectory()), this::beginCluster, this::end);
        this.changes = new ClusterChanges(settings, log, cluster, this::propose, System::currentTimeMillis, nanoTime);
        this.corruption = new CorruptionCheck(settings,
                () -> cluster.current().list().stream().map(io.myriad.store.api.Member::getID).toList(),
                (id, question) -> log.ask(id, CHECKSUM, question.body(), question.answer()), machine::view, readers,
                reads::await, this::raiseCorruption, nanoTime);
        cluster.onApplied();
        log.onQuestion(this::answerMember);
        state.open(operations);
        if (failure != null) {
            failed.complete(failure);
        }
        this.ticker = Thread.ofPlatform().name("store-ticker").daemon().unstarted(this::tick);
        operations.start();
        watches.start();
        ticker.start();
        defragmentation.start();
    }

    public StoreSettings settings() {
        return settings;
    }

    Cluster cluster() {
        return cluster;
    }

    ClusterChanges changes() {
        return changes;
    }

    public StoreMachine machine() {
        return machine;
    }

    public JRaftLog log() {
        return log;
    }

    public WatchAgent watches() {
        return watches;
    }

    Defragmentation defragmentation() {
        return defragmentation;
    }

    /** For reads that would hold an event loop too long. */
    public Executor readers() {
        return readers;
    }

    public LeaseTable leases() {
        return machine.leases();
    }

    public StoreView view() {
        return machine.view();
    }

    public int pendingProposals() {
        return operations.pendingOperations();
    }

    /** What all versions take that are kept, as of the last change that is visible. */
    public Footprint footprint() {
        return footprint;
    }

    /** Bytes of the state that are in memory, roughly. */
    public long memoryBytes() {
        return footprint.memoryBytes(machine.savedBytes());
    }

    /** Why nothing can be written here now; null while all is well. */
    public @Nullable String failure() {
        return failure != null ? failure : disk.low() ? "the disk is full" : null;
    }

    /** Completes, with the reason, when this member cannot work any more until it is started anew. */
    public CompletableFuture<String> failed() {
        return failed;
    }

    /** The term of the newest entry or election. */
    public long term() {
        return log.term();
    }

    /** Operations that were given up. */
    public long failedProposals() {
        return operations.failedOperations();
    }

    /** Bytes of log and page file on disk. */
    public long bytesOnDisk() {
        return bytesOnDisk;
    }

    /** Tells the cluster where clients reach this member, if it does not know; to be called when there is a leader. */
    public void publish() {
        Failpoint.BEFORE_PUBLISHING.hit();
        io.myriad.store.api.Member attributes = io.myriad.store.api.Member.newBuilder().setID(settings.self().id())
                .setName(settings.self().name())
                .addAllClientURLs(settings.clientUrls()).build();
        io.myriad.store.api.Member known = machine.membership().get(settings.self().id());
        if (known == null || !known.getName().equals(attributes.getName())
                || !known.getClientURLsList().equals(attributes.getClientURLsList())) {
            propose(Command.MEMBER_PUBLISH, attributes.toByteArray(), reply -> {
                if (reply instanceof StoreError error) {
                    LOG.warn("The cluster was not told where clients reach this member: {}", error.text());
                }
            });
        }
    }

    /** Compares this member with the others, if that is wanted, before it serves anybody; throws if they differ. */
    public void checkAtStart() throws IOException {
        corruption.atStart();
    }

    private void raiseCorruption(long memberId) {
        if (machine.alarms().all().stream()
                .anyMatch(each -> each.memberId() == memberId && each.type() == Alarms.Type.CORRUPT)) {
            return;
        }
        AlarmRequest request = AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setAlarm(AlarmType.CORRUPT).setMemberID(memberId).build();
        propose(Command.ALARM, request.toByteArray(), ignored -> {});
    }

    /** Takes the state, to be written as etcd's database. Any thread; entries are not applied meanwhile, which is a moment. */
    EtcdExport export() {
        return state.export(cluster.current());
    }

    /** The disk of this member's directory. */
    DiskSpace disk() {
        return disk;
    }

    private void beginCluster(Membership members) {
        byte[] request = MemberListResponse.newBuilder().addAllMembers(members.list()).build().toByteArray();
        propose(Command.MEMBERS_INITIAL, request, ignored -> {});
    }

    /** This member is none any more. */
    private void end(String reason) {
        failure = reason;
        failed.complete(reason);
    }

    private void measureDisk() {
        try (Stream<Path> files = Files.walk(settings.raftDirectory())) {
            bytesOnDisk = files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            // A file went away while it was looked at; the next measurement comes soon.
        }
    }

    /** A response's header field for the current revision. */
    public byte[] header() {
        return machine.header().field(view().revision(), term());
    }

    /** Replicates an operation of a client; its answer is given on {@code origin}. Left out when the client has gone before it could be taken. */
    void propose(Command command, byte[] payload, @Nullable Operation decoded, @Nullable Executor origin,
            Responder responder) {
        propose(command, payload, decoded, responder.caller(), origin, responder::isCancelled, responder::answer);
    }

    /** Replicates an operation on behalf of a client. */
    void propose(Caller caller, Command command, byte[] payload, Consumer<Reply> completion) {
        propose(command, payload, null, caller, null, () -> false, completion);
    }

    /** Replicates an operation of the member's own. */
    void propose(Command command, byte[] payload, Consumer<Reply> completion) {
        propose(command, payload, null, null, null, () -> false, completion);
    }

    /** @param caller whose rights count; null: the member's own */
    private void propose(Command command, byte[] payload, @Nullable Operation decoded, @Nullable Caller caller,
            @Nullable Executor origin, BooleanSupplier abandoned, Consumer<Reply> completion) {
        if (payload.length > settings.maxRequestBytes()) {
            completion.accept(StoreError.REQUEST_TOO_LARGE);
        } else if (failure != null || disk.low()) {
            completion.accept(StoreError.NO_SPACE);
        } else if (!quota.admits(command, decoded, payload.length, footprint.keyValueBytes(),
                memoryBytes())) {
            quota.refuse(memoryBytes(), completion);
        } else if (caller != null && machine.auth().enabled()) {
            if (caller.name().isEmpty()) {
                completion.accept(StoreError.USER_EMPTY);
                return;
            }
            operations.propose(new Proposal(Command.AUTHORIZED.number(),
                    new Authorized(caller, command, payload).toBytes(), decoded, origin, abandoned, completion));
        } else {
            operations.propose(new Proposal(command.number(), payload, decoded, origin, abandoned, completion));
        }
    }

    /** Calls back when a local read is linearizable. */
    void awaitRead(Consumer<@Nullable StoreError> callback) {
        reads.await(callback);
    }

    /** Hands leadership over; calls back when the member leads, or with an error. */
    void transferLeadership(long memberId, Consumer<@Nullable StoreError> callback) {
        transfer.begin(memberId, callback);
    }

    /** A number for a lease that the client left to the server. */
    long newLeaseId() {
        long id = nextLeaseId.incrementAndGet() & Long.MAX_VALUE;
        return id == 0 ? newLeaseId() : id;
    }

    /** Renews a lease and hands over its time to live in seconds, 0 if there is no such lease; or an error. */
    void renew(long id, LeaseAnswer answer) {
        askAboutLease(RENEW, id, answer);
    }

    /** Seconds that a lease has left, -1 if there is no such lease; or an error. */
    void remaining(long id, LeaseAnswer answer) {
        askAboutLease(REMAINING, id, answer);
    }

    private void askAboutLease(byte question, long id, LeaseAnswer answer) {
        if (log.leadership().local()) {
            answerAboutLease(question, id, answer);
            return;
        }
        log.askLeader(question, ByteBuffer.allocate(Long.BYTES).putLong(id).array(), bytes -> {
            if (bytes == null || bytes.length != Long.BYTES) {
                answer.failed(log.leadership().known() ? StoreError.TIMEOUT : StoreError.NO_LEADER);
            } else {
                answer.done(ByteBuffer.wrap(bytes).getLong());
            }
        });
    }

    private void answerAboutLease(byte question, long id, LeaseAnswer answer) {
        if (question == RENEW) {
            leaderLeases.renew(id, answer);
        } else {
            leaderLeases.remaining(id, answer);
        }
    }

    /** Another member asks this one; an empty answer is a failure. */
    private void answerMember(byte question, byte[] body, Consumer<byte[]> answer) {
        switch (question) {
            case PeerTransport.MEMBERS -> answer.accept(cluster.answerMembers());
            case REMOVED -> answer.accept(cluster.answerWhetherRemoved(body));
            case APPLIED -> answer.accept(ByteBuffer.allocate(Long.BYTES).putLong(log.appliedIndex()).array());
            case CHANGE -> changes.answer(body, answer);
            case CHECKSUM -> corruption.answer(body, answer);
            default -> answerAboutLease(question, body, answer);
        }
    }

    private void answerAboutLease(byte question, byte[] body, Consumer<byte[]> answer) {
        if (question != RENEW && question != REMAINING || body.length != Long.BYTES) {
            answer.accept(new byte[0]);
            return;
        }
        answerAboutLease(question, ByteBuffer.wrap(body).getLong(), new LeaseAnswer() {
            @Override
            public void done(long seconds) {
                answer.accept(ByteBuffer.allocate(Long.BYTES).putLong(seconds).array());
            }

            @Override
            public void failed(StoreError error) {
                answer.accept(new byte[0]);
            }
        });
    }

    /** Takes the answer to a question about a lease. */
    interface LeaseAnswer {
        void done(long seconds);

        void failed(StoreError error);
    }

    private void tick() {
        for (long ticks = 0; !closed; ticks++) {
            try {
                cluster.doWork();
                if (ticks % DISK_MEASUREMENT_TICKS == 0) {
                    measureDisk();
                }
                Thread.sleep(TICK_MILLIS);
                disk.measure();
                compactor.doWork(log.leadership().local(), nanoTime.getAsLong(), view());
                operations.expire();
                quota.doWork(footprint.keyValueBytes(), memoryBytes());
                expiry.doWork();
                leaseCheckpoints.doWork();
                corruption.doWork(log.leadership().local());
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("The ticker failed", e);
            }
        }
    }

    /** The state is another. */
    private void changed() {
        footprint = machine.footprint();
        watches.wake();
        if (state.isOpen()) {
            cluster.onApplied();
        }
    }

    private void cannotWrite(String reason) {
        failure = reason;
        LOG.error("This member cannot write any more: {}", reason);
        if (!state.isOpen()) {
            return; // the start fails, and says so itself
        }
        operations.failAll(StoreError.NO_SPACE);
        failed.complete(reason);
    }

    private void compact(long revision) {
        byte[] request = CompactionRequest.newBuilder().setRevision(revision).build().toByteArray();
        propose(Command.COMPACT, request, reply -> {
            if (reply instanceof StoreError error && error != StoreError.COMPACTED) {
                LOG.warn("Automatic compaction at revision {} failed: {}", revision, error.text());
            } else {
                LOG.info("automatic compaction at revision {}", revision);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        ticker.interrupt();
        operations.close();
        log.close();
        watches.close();
        readers.shutdownNow();
        defragmentation.close();
        try {
            checkpoint.close();
        } catch (IOException e) {
            LOG.warn("The page file was not closed: {}", e.toString());
        }
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() { return closed; }
}
