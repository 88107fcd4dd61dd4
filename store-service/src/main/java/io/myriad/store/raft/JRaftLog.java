package io.myriad.store.raft;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.RaftRpcServerFactory;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.state.StoreError;

/**
 * The replicated log over SOFAJRaft. Log entries, term and vote are forced to disk before they count: JRaft's default does not force the vote.
 *
 * <p>A cluster of one member binds no port, elects itself at once, and reads without a round: nobody else can have acknowledged a write.
 */
public final class JRaftLog implements ReplicatedLog {

    /** How long followers wait for a sign of the leader before they elect another. */
    public static final int ELECTION_TIMEOUT_MILLIS = 1000;

    private static final byte APPEND = 1;
    private static final long REQUEST_TIMEOUT_MILLIS = 5000;
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int EVENT_RING_SIZE = 1024;
    private static final Logger LOG = LoggerFactory.getLogger(JRaftLog.class);

    private final List<Member> members;
    private final Member self;
    private final ReplicatedState state;
    private final SnapshotPolicy snapshots;
    private final @Nullable PeerTransport transport;
    private final NodeImpl node;
    private volatile @Nullable Questions questions;
    private volatile Leadership leadership = Leadership.NONE;
    private volatile long leaderChanges;
    private volatile long appliedIndex;
    private volatile long term;
    private volatile boolean failed;

    /** When to write a snapshot: after so many entries, and only when the log has grown by as much as the last snapshot holds, so that the cost stays proportional. */
    private static final class SnapshotPolicy {
        private final long everyEntries;
        private long entries;
        private long bytes;
        private volatile long lastSnapshotBytes;
        private volatile boolean running;

        SnapshotPolicy(long everyEntries) {
            this.everyEntries = everyEntries;
        }

        boolean isDue(int entryBytes) {
            entries++;
            bytes += entryBytes;
            return entries >= everyEntries && bytes >= lastSnapshotBytes && !running;
        }

        void begin() {
            running = true;
            entries = 0;
            bytes = 0;
        }
    }

    /**
     * Opens the log and joins the group.
     *
     * @param directory where log, votes and snapshots are kept
     * @param transport how to reach the other members; null in a cluster of one. Has to listen already
     * @param snapshotEntries write a snapshot after so many entries
     * @param sync force to disk what is written
     * @param forceNanos told how long each force of the log took
     */
    public JRaftLog(String group, Member self, List<Member> members, Path directory, @Nullable PeerTransport transport,
            long snapshotEntries,
            boolean sync, LongConsumer forceNanos, ReplicatedState state) throws IOException {
        this.transport = transport;
        this.self = self;
        this.members = members;
        this.state = state;
        this.snapshots = new SnapshotPolicy(snapshotEntries);
        PeerId peer = peerOf(self);
        NodeManager.getInstance().addAddress(peer.getEndpoint());
        if (transport != null) {
            transport.onCall(this::answer);
            RaftRpcServerFactory.addRaftRequestProcessors(transport);
        }
        node = new NodeImpl(group, peer);
        if (!node.init(options(directory, sync, forceNanos))) {
            node.shutdown();
            throw new IOException(
                    "The replicated log in " + directory + " could not be opened; the lines above say why");
        }
    }

    private NodeOptions options(Path directory, boolean sync, LongConsumer forceNanos) {
        RaftOptions raft = new RaftOptions();
        raft.setSync(sync);
        raft.setSyncMeta(sync);
        raft.setDisruptorBufferSize(EVENT_RING_SIZE);
        raft.setMaxByteCountPerRpc(1 << 20);
        raft.setMaxBodySize(4 << 20);
        raft.setMaxAppendBufferSize(4 << 20);
        NodeOptions options = new PeerRpcClient.Options(transport);
        options.setServiceFactory(new DefaultJRaftServiceFactory() {
            @Override
            public LogStorage createLogStorage(String uri, RaftOptions unused) {
                return new SegmentedLogStorage(Path.of(uri), sync, forceNanos);
            }
        });
        options.setRaftOptions(raft);
        options.setElectionTimeoutMs(ELECTION_TIMEOUT_MILLIS);
        options.setFsm(new Machine());
        options.setLogUri(directory.resolve("log").toString());
        options.setRaftMetaUri(directory.resolve("meta").toString());
        options.setSnapshotUri(directory.resolve("snapshot").toString());
        options.setSnapshotIntervalSecs(0);
        options.setDisableCli(true);
        options.setTimerPoolSize(1);
        options.setRpcProcessorThreadPoolSize(2);
        options.setInitialConf(new Configuration(members.stream().map(JRaftLog::peerOf).toList()));
        return options;
    }

    private static PeerId peerOf(Member member) {
        return new PeerId(member.host(), member.port());
    }

    private long idOf(@Nullable PeerId peer) {
        if (peer != null) {
            for (Member member : members) {
                if (peerOf(member).getEndpoint().equals(peer.getEndpoint())) {
                    return member.id();
                }
            }
        }
        return 0;
    }

    @Override
    public void append(byte[] entry, Consumer<Outcome> callback) {
        Leadership current = leadership;
        if (failed || !current.known() && members.size() > 1) {
            callback.accept(Outcome.REJECTED);
        } else if (current.local() || members.size() == 1) {
            appendHere(entry, callback);
        } else {
            ask(current, APPEND, entry, REQUEST_TIMEOUT_MILLIS, answer -> callback.accept(outcomeOf(answer)));
        }
    }

    private static Outcome outcomeOf(byte @Nullable [] answer) {
        return answer == null || answer.length != 1 || answer[0] < 0 || answer[0] >= OUTCOMES.length
                ? Outcome.UNKNOWN
                : OUTCOMES[answer[0]];
    }

    private void appendHere(byte[] entry, Consumer<Outcome> callback) {
        Task task = new Task(ByteBuffer.wrap(entry), status -> callback.accept(outcomeOf(status)));
        try {
            node.apply(task);
        } catch (IllegalStateException shuttingDown) {
            // The closure was called with the reason.
        }
    }

    private static Outcome outcomeOf(Status status) {
        return switch (status.getRaftError()) {
            case SUCCESS -> Outcome.ACCEPTED;
            // Said before an entry is made: not leader, or the queue is full.
            case EPERM, EBUSY, ENODESHUTDOWN -> Outcome.REJECTED;
            default -> Outcome.UNKNOWN;
        };
    }

    @Override
    public void readIndex(Consumer<@Nullable StoreError> callback) {
        if (readsAreLocal()) {
            callback.accept(null);
            return;
        }
        try {
            node.readIndex(new byte[0], new ReadIndexClosure() {
                @Override
                public void run(Status status, long index, byte[] context) {
                    callback.accept(
                            status.isOk() ? null : leadership.known() ? StoreError.TIMEOUT : StoreError.NO_LEADER);
                }
            });
        } catch (IllegalStateException shuttingDown) {
            // The closure was called with the reason.
        }
    }

    /**
     * Asks the leader, which is another member.
     *
     * @param answer gets the answer, null if there was none; any thread
     */
    public void askLeader(byte kind, byte[] body, Consumer<byte @Nullable []> answer) {
        ask(leadership, kind, body, REQUEST_TIMEOUT_MILLIS, answer);
    }

    /** Answers what other members ask of this one as their leader. On an event loop. */
    public void onQuestion(Questions handler) {
        questions = handler;
    }

    /** Answers questions of other members. */
    @FunctionalInterface
    public interface Questions {
        void ask(byte kind, byte[] body, Consumer<byte[]> answer);
    }

    private void ask(Leadership leader, byte kind, byte[] body, long timeoutMillis,
            Consumer<byte @Nullable []> answer) {
        PeerConnection connection = null;
        for (Member member : members) {
            if (member.id() == leader.leaderId() && transport != null) {
                connection = transport.connection(peerOf(member).getEndpoint(), true);
            }
        }
        if (connection == null) {
            // Nothing was sent.
            answer.accept(kind == APPEND ? new byte[]{(byte) Outcome.REJECTED.ordinal()} : null);
            return;
        }
        connection.request(new PeerMessages.Call(kind, body), new InvokeCallback() {
            @Override
            public void complete(@Nullable Object result, @Nullable Throwable error) {
                answer.accept(result instanceof PeerMessages.Answer given ? given.body() : null);
            }

            @Override
            public @Nullable Executor executor() {
                return null;
            }
        }, timeoutMillis);
    }

    private void answer(byte kind, byte[] body, Consumer<byte[]> answer) {
        if (kind == APPEND) {
            if (leadership.local()) {
                // The answer says that the entry was taken, or not; that it was committed the asking member sees by itself.
                appendHere(body, outcome -> answer.accept(new byte[]{(byte) outcome.ordinal()}));
            } else {
                answer.accept(new byte[]{(byte) Outcome.REJECTED.ordinal()});
            }
            return;
        }
        Questions handler = questions;
        if (handler == null) {
            answer.accept(new byte[0]);
        } else {
            handler.ask(kind, body, answer);
        }
    }

    @Override
    public boolean readsAreLocal() {
        return members.size() == 1 && leadership.local();
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    /** How often this member saw a new leader. */
    public long leaderChanges() {
        return leaderChanges;
    }

    /** The newest term this member knows of from entries and elections. */
    public long term() {
        return term;
    }

    @Override
    public long committedIndex() {
        return node.getLastCommittedIndex();
    }

    @Override
    public long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public void requestSnapshot() {
        node.snapshot(status -> {
            if (!status.isOk()) {
                LOG.warn("No snapshot was written: {}", status.getErrorMsg());
            }
        });
    }

    @Override
    public boolean transferLeadership(long memberId) {
        for (Member member : members) {
            if (member.id() == memberId) {
                return node.transferLeadershipTo(peerOf(member)).isOk();
            }
        }
        return false;
    }

    @Override
    public void close() {
        node.shutdown();
        try {
            node.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (transport != null) {
            transport.close();
        }
        // Not the address from JRaft's table: several clusters of one member share it, and it does no harm.
    }

    /** JRaft's calls, all on its apply thread. */
    private final class Machine extends StateMachineAdapter {

        @Override
        public void onApply(Iterator entries) {
            while (entries.hasNext()) {
                ByteBuffer data = entries.getData();
                int size = data.remaining();
                term = entries.getTerm();
                state.apply(entries.getIndex(), entries.getTerm(), data);
                appliedIndex = entries.getIndex();
                Closure done = entries.done();
                if (done != null) {
                    done.run(Status.OK());
                }
                if (snapshots.isDue(size)) {
                    snapshots.begin();
                    requestSnapshot();
                }
                entries.next();
            }
            state.batchEnd();
        }

        @Override
        public void onSnapshotSave(SnapshotWriter writer, Closure done) {
            snapshots.begin();
            ReplicatedState.Snapshot snapshot = state.snapshot();
            Thread.ofPlatform().name("store-snapshot").daemon().start(() -> save(snapshot, writer, done));
        }

        private void save(ReplicatedState.Snapshot snapshot, SnapshotWriter writer, Closure done) {
            Status status = Status.OK();
            try (snapshot) {
                Path directory = Path.of(writer.getPath());
                long bytes = 0;
                for (String file : snapshot.write(directory)) {
                    bytes += new File(directory.toFile(), file).length();
                    if (!writer.addFile(file)) {
                        throw new IOException("cannot add " + file + " to the snapshot");
                    }
                }
                snapshots.lastSnapshotBytes = bytes;
            } catch (IOException | RuntimeException e) {
                LOG.error("Snapshot failed: {}", e.toString());
                status = new Status(RaftError.EIO, "%s", e.toString());
            }
            snapshots.running = false;
            done.run(status);
        }

        @Override
        public boolean onSnapshotLoad(SnapshotReader reader) {
            try {
                state.load(Path.of(reader.getPath()));
                appliedIndex = reader.load().getLastIncludedIndex();
                return true;
            } catch (IOException | RuntimeException e) {
                LOG.error("The snapshot in {} cannot be loaded: {}", reader.getPath(), e.toString());
                return false;
            }
        }

        @Override
        public void onLeaderStart(long newTerm) {
            term = newTerm;
            appliedIndex = Math.max(appliedIndex, node.getLastAppliedLogIndex());
            leaderChanges++;
            leadership = new Leadership(self.id(), newTerm, true);
            LOG.info("elected leader of term {}", newTerm);
            state.leading(newTerm);
        }

        @Override
        public void onLeaderStop(Status status) {
            leadership = Leadership.NONE;
            LOG.info("lost leadership: {}", status.getErrorMsg());
            state.following();
        }

        @Override
        public void onStartFollowing(LeaderChangeContext context) {
            term = context.getTerm();
            leaderChanges++;
            leadership = new Leadership(idOf(context.getLeaderId()), context.getTerm(), false);
            state.following();
        }

        @Override
        public void onStopFollowing(LeaderChangeContext context) {
            leadership = Leadership.NONE;
        }

        @Override
        public void onError(RaftException error) {
            failed = true;
            leadership = Leadership.NONE;
            state.failed(error.getStatus().getErrorMsg());
        }
    }
}
