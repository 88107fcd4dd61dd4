package io.myriad.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.management.Service;
import io.myriad.store.mvcc.ValueBudget;
import io.myriad.store.raft.Member;
import io.myriad.store.raft.PeerTransport;
import io.myriad.store.server.ClientLimits;
import io.myriad.store.server.GrpcEndpoint;
import io.myriad.store.server.MembersFile;
import io.myriad.store.server.StoreMember;
import io.myriad.store.server.StoreMetrics;
import io.myriad.store.server.StoreSettings;
import io.myriad.store.state.Membership;
import io.myriad.store.value.ExternalValues;
import io.myriad.store.value.RedisValues;
import io.myriad.store.value.ValueMetrics;

/** The running store as a Spring bean: opens everything in order when it is started, closes it in reverse when the context is closed. */
final class StoreService implements Service {

    private static final Logger LOG = LoggerFactory.getLogger(StoreService.class);
    private static final long BATCH_WINDOW_NANOS = 2_000_000L;
    /** What keys and the values that are kept at hand may take of the heap. */
    private static final int HEAP_PERCENT_FOR_STATE = 50;
    /** With what was written since the last checkpoint. Beyond it writes are refused, because a full heap would end the process. */
    private static final int MOST_HEAP_PERCENT_FOR_STATE = 70;
    private static final long LEADER_POLL_MILLIS = 2;
    private static final long SINGLE_MEMBER_LEADER_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** etcd's, which has no flag for it. */
    static final Duration LEASE_CHECKPOINT_INTERVAL = Duration.ofMinutes(5);

    private final StoreOptions options;
    private final Duration leaseCheckpointInterval;
    private final StoreMetrics metrics = new StoreMetrics();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CompletableFuture<String> failed = new CompletableFuture<>();
    private volatile @Nullable StoreMember member;
    private volatile List<Integer> clientPorts = List.of();

    /** @param leaseCheckpointInterval after how long it is written down what leases have left, if that is wanted */
    StoreService(StoreOptions options, Duration leaseCheckpointInterval) {
        this.options = options;
        this.leaseCheckpointInterval = leaseCheckpointInterval;
    }

    /** The member; null before the start. */
    @Nullable
    StoreMember member() {
        return member;
    }

    /** Completes, with the reason, when the started store cannot work any more. */
    CompletableFuture<String> failed() {
        return failed;
    }

    /** Ports that clients can use, in the order of the listen URLs. */
    List<Integer> clientPorts() {
        return clientPorts;
    }

    /** Opens everything; throws with a message for the user if that fails, and leaves nothing open then. */
    @Override
    public void start() {
        try {
            open();
        } catch (IOException e) {
            close();
            throw new StoreStartException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open() throws IOException {
        boolean secure = options.self().peerUrls().getFirst().startsWith("https:");
        SslContext peerTls = secure ? TlsContexts.peerClient(options.peerTls(), options.tlsRules()) : null;
        FirstStart first = new FirstStart(options, peerTls);
        DataDirectory directory = DataDirectory.open(options.dataDirectory(), first);
        opened.add(directory);
        DataDirectory.Identity identity = directory.identity();
        long clusterId = identity.clusterId();
        Member self = new Member(identity.memberId(), options.name(), options.self().peerUrls());
        Path raft = directory.raft();
        Membership known = new MembersFile(raft).read();
        if (known.removed().contains(self.id())) {
            throw new IOException("the member has been permanently removed from the cluster; its data directory "
                    + options.dataDirectory() + " must be removed");
        }
        List<Member> initial = identity.joined() ? List.of() : options.members();
        boolean listening = options.peerListener() || initial.size() != 1;
        // Several clusters of one member may live in one process, all with etcd's default peer URL.
        String group = "store-" + Long.toHexString(clusterId) + (listening ? "" : "-" + UUID.randomUUID());
        PeerTransport transport = listening ? newTransport(clusterId, peerTls) : null;
        StoreMember opening = new StoreMember(new StoreSettings(clusterId, group, self, initial,
                known.known() ? known : first.known(), options.strictReconfigCheck(), options.maxLearners(),
                options.advertiseClientUrls(), raft, options.timing(),
                options.snapshotCount(), options.snapshotTransferRate(), options.sync(), options.maxRequestBytes(),
                options.maxTxnOps(),
                BATCH_WINDOW_NANOS,
                options.watchProgressNotifyInterval().toNanos(), options.autoCompaction(),
                options.quotaBackendBytes(), percentOfHeap(MOST_HEAP_PERCENT_FOR_STATE),
                new ValueBudget(options.valueCacheBytes(), percentOfHeap(HEAP_PERCENT_FOR_STATE)),
                options.defragmentationRate(), options.clientTls().clientCertificates(), options.tokens(),
                options.corruptionChecks(), options.leaseCheckpoints() ? leaseCheckpointInterval.toNanos() : 0,
                StoreSettings.diskOf(raft)),
                transport, openValues(clusterId, self.id()),
                metrics.forceNanos());
        metrics.register(opening);
        if (transport != null) {
            metrics.register(transport);
        }
        opened.add(opening);
        opening.checkAtStart();
        boolean alone = opening.log().group().isSoleVoter();
        if (transport != null) {
            listen(transport);
        } else if (!alone) {
            throw new IOException("the cluster has other members: --listen-peer-urls is needed");
        }
        if (alone) {
            awaitLeader(opening, System.nanoTime() + SINGLE_MEMBER_LEADER_WAIT_NANOS);
        }
        GrpcEndpoint endpoint = new GrpcEndpoint(opening, metrics, listens(options.listenClientUrls()),
                listens(options.listenMetricsUrls()),
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2), clientLimits(),
                new BcryptPasswords(options.bcryptCost()));
        opened.add(endpoint);
        clientPorts = endpoint.ports();
        member = opening;
        opening.failed().thenAccept(failed::complete);
        for (int i = 0; i < clientPorts.size(); i++) {
            URI url = options.listenClientUrls().get(i);
            LOG.info("serving client traffic on {}://{}:{}", url.getScheme(), url.getHost(), clientPorts.get(i));
        }
        if (alone) {
            opening.publish();
            LOG.info("ready to serve client requests");
        } else {
            Thread.ofVirtual().name("store-ready").start(() -> {
                if (awaitLeader(opening, Long.MAX_VALUE)) {
                    opening.publish();
                    LOG.info("ready to serve client requests");
                }
            });
        }
    }

    private @Nullable ExternalValues openValues(long clusterId, long memberId) throws IOException {
        if (options.valueStore() == null) {
            return null;
        }
        ExternalValues values = RedisValues.open(options.valueStore(), clusterId, memberId,
                new ValueMetrics(metrics.registry()));
        opened.add(values);
        return values;
    }

    private static long percentOfHeap(int percent) {
        return Runtime.getRuntime().maxMemory() / 100 * percent;
    }

    private ClientLimits clientLimits() {
        StoreOptions.KeepAlive keepAlive = options.keepAlive();
        return ClientLimits.standard().withKeepAlive(keepAlive.leastPing().toMillis(), keepAlive.interval().toMillis(),
                keepAlive.timeout().toMillis());
    }

    private PeerTransport newTransport(long clusterId, @Nullable SslContext tls) {
        PeerTransport transport = new PeerTransport(clusterId, tls);
        opened.add(transport);
        return transport;
    }

    private void listen(PeerTransport transport) throws IOException {
        for (URI url : options.listenPeerUrls()) {
            transport.listen(new InetSocketAddress(url.getHost(), url.getPort()),
                    url.getScheme().equals("https")
                            ? TlsContexts.peerServer(options.peerTls(), options.tlsRules())
                            : null);
            LOG.info("serving member traffic on {}", url);
        }
    }

    private List<GrpcEndpoint.Listen> listens(List<URI> urls) throws IOException {
        List<GrpcEndpoint.Listen> listens = new ArrayList<>();
        SslContext ssl = null;
        for (URI url : urls) {
            if (url.getScheme().equals("https") && ssl == null) {
                ssl = TlsContexts.server(options.clientTls(), options.tlsRules());
            }
            listens.add(new GrpcEndpoint.Listen(new InetSocketAddress(url.getHost(), url.getPort()),
                    url.getScheme().equals("https") ? ssl : null));
        }
        return listens;
    }

    private boolean awaitLeader(StoreMember opening, long deadlineNanos) {
        while (!opening.log().leadership().known()) {
            if (opening.isClosed() || deadlineNanos != Long.MAX_VALUE && System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LEADER_POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.warn("{} did not close: {}", each.getClass().getSimpleName(), e.toString());
            }
        }
        opened.clear();
    }
}
