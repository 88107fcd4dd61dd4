package io.myriad.scheduler;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ClientOptions;
import io.myriad.control.client.KubeConfig;
import io.myriad.control.client.WriteFence;
import io.myriad.control.election.ApiLeaseStore;
import io.myriad.control.election.ElectionLoop;
import io.myriad.control.election.ElectionOptions;
import io.myriad.control.election.LeaderElector;
import io.myriad.control.election.Leadership;
import io.myriad.control.events.EventRecorder;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.serving.ComponentServer;
import io.myriad.control.serving.MetricsReaders;
import io.myriad.management.Service;
import io.myriad.scheduler.core.ClusterState;
import io.myriad.scheduler.core.Placer;
import io.myriad.scheduler.core.Preemptor;
import io.myriad.scheduler.loop.Input;
import io.myriad.scheduler.loop.SchedulingLoop;
import io.myriad.scheduler.queue.SchedulingQueue;

/**
 * The running scheduler: client, informers, loop and election. Informers and loop run from the start, so that a standby
 * has everything in memory when it becomes the leader; only the leader decides and writes.
 */
public final class SchedulerService implements Service {
    private static final Logger log = LoggerFactory.getLogger(SchedulerService.class);

    /** The manager name of the fields we write is upstream's. */
    private static final String USER_AGENT = "kube-scheduler/myriad";
    /** How long writes under way may take to be answered when leadership ends. */
    private static final long WRITE_GRACE_MILLIS = 3_000;
    private static final long ELECTION_END_MILLIS = 9_000;
    private static final long STOP_MILLIS = 5_000;

    private final ApiClient client;
    private final ApiClient electionClient;
    private final EventRecorder events;
    private final InformerFactory informers;
    private final InformerFactory leases;
    private final ApiPodWriter writer;
    private final SchedulingLoop loop;
    private final Thread thread;
    private final SchedulerOptions options;
    /** Unique to this start of the process: replicas may share a host. */
    private final String identity = host() + "_" + ProcessHandle.current().pid() + "_"
            + Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final WriteFence fence;
    private final Working working = new Working();
    private final Supplier<String> metricsText;
    private @Nullable ComponentServer server;
    private @Nullable ElectionLoop election;
    private boolean closed;
    private volatile @Nullable LeaderElector elector;
    private volatile boolean synced;

    /**
     * Prepares everything; nothing runs before {@link #start}.
     *
     * @param registry where all is counted
     * @param metricsText what it has counted, for {@code /metrics}
     */
    public SchedulerService(SchedulerOptions options, MeterRegistry registry, Supplier<String> metricsText)
            throws IOException {
        this.options = options;
        this.metricsText = metricsText;
        KubeConfig config = options.kubeconfig() == null
                ? KubeConfig.inCluster(System.getenv())
                : KubeConfig.read(options.kubeconfig());
        ClientOptions clientOptions = ClientOptions.of(config, options.servers(), USER_AGENT);
        this.client = ApiClient.create(clientOptions, registry);
        // Its figures would mix with the other client's.
        this.electionClient = ApiClient.create(clientOptions.withConnections(1, 2).withRetriesMax(0),
                new CompositeMeterRegistry());
        this.fence = new WriteFence(this::mayWrite);
        ApiClient fenced = client.fenced(fence);
        this.events = new EventRecorder(fenced, EventRecorder.Api.EVENTS, options.schedulerName(),
                options.schedulerName() + "-" + identity,
                Clock.systemUTC(), registry);
        SchedulerMetrics metrics = new SchedulerMetrics(registry, options.schedulerName());
        ClusterState cluster = new ClusterState();
        Placer placer = new Placer(cluster, ThreadLocalRandom.current());
        this.writer = new ApiPodWriter(fenced, events, Clock.systemUTC(), options.schedulerName());
        this.loop = new SchedulingLoop(options.schedulerName(), cluster, placer,
                new Preemptor(cluster, placer, ThreadLocalRandom.current()), new SchedulingQueue(metrics), writer,
                metrics);
        this.informers = new InformerFactory(client, registry);
        SchedulerOptions.Election wanted = options.election();
        Gauge.builder("leader_election_master_status", this, self -> self.leads() ? 1 : 0)
                .tag("name", wanted == null ? options.schedulerName() : wanted.name()).register(registry);
        this.leases = new InformerFactory(electionClient, new CompositeMeterRegistry());
        this.thread = Thread.ofPlatform().name("scheduling").unstarted(
                () -> loop.run(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime())));
    }

    /**
     * Starts watching, electing and, when leading, scheduling. Returns at once.
     *
     * @throws IOException when the secure port cannot be served
     */
    @Override
    public void start() throws IOException {
        writer.answerTo(loop::submit);
        thread.start();
        if (options.serving().port() != 0) {
            server = ComponentServer.start(options.serving(), Map.of("informers", this::isSynced), metricsText,
                    new MetricsReaders(client));
        }
        new ClusterWatch(informers, loop::submit).start().thenRun(() -> {
            synced = true;
            log.info("all objects are known");
            elect();
        });
    }

    /** A scheduler that does not know the cluster yet would be a leader that does nothing. */
    private synchronized void elect() {
        if (closed) {
            return;
        }
        SchedulerOptions.Election wanted = options.election();
        if (wanted == null) {
            working.startLeading(0);
            return;
        }
        ElectionOptions times = new ElectionOptions(identity, wanted.leaseDurationMillis(),
                wanted.renewDeadlineMillis(), wanted.retryPeriodMillis(),
                Math.max(1_000, wanted.renewDeadlineMillis() / 4));
        LeaderElector newElector = new LeaderElector(times,
                new ApiLeaseStore(electionClient, wanted.namespace(), wanted.name()), working, System::nanoTime,
                Clock.systemUTC(), ThreadLocalRandom.current());
        elector = newElector;
        ElectionLoop started = ElectionLoop.start("scheduler", newElector, System::nanoTime);
        election = started;
        started.watch(leases, wanted.namespace(), wanted.name());
        leases.start();
    }

    /** Whether all objects are known, so that scheduling could begin at once. */
    public boolean isSynced() {
        return synced;
    }

    /** Whether this process is the leader now. */
    public boolean leads() {
        return working.leading && mayWrite();
    }

    private boolean mayWrite() {
        LeaderElector current = elector;
        return current == null || current.mayWrite();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Hands leadership over after the bindings under way, and ends everything. Doing it again does nothing. */
    @Override
    public void close() {
        ElectionLoop running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = election;
        }
        CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);
        if (running != null) {
            stopped = running.resign();
        } else if (thread.isAlive()) {
            stopped = working.stopLeading();
        }
        try {
            stopped.orTimeout(ELECTION_END_MILLIS, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            log.warn("leadership was not handed over, the lease will expire: {}", String.valueOf(e.getCause()));
        }
        if (server != null) {
            server.close();
        }
        informers.close();
        leases.close();
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        events.close();
        client.close();
        electionClient.close();
    }

    /** The loop as the workers of a leader: stopping waits until the writes under way are answered. */
    private final class Working implements Leadership {
        private volatile boolean leading;

        @Override
        public void startLeading(int term) {
            leading = true;
            fence.open();
            loop.submit(new Input.Leading(true, new CompletableFuture<>()));
        }

        @Override
        public CompletableFuture<Void> stopLeading() {
            CompletableFuture<Void> taken = new CompletableFuture<>();
            loop.submit(new Input.Leading(false, taken));
            return taken.thenCompose(done -> fence.close(WRITE_GRACE_MILLIS))
                    .whenComplete((done, error) -> leading = false);
        }
    }
}
