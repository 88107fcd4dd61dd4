package io.myriad.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.serving.ComponentServer;
import io.myriad.control.serving.MetricsReaders;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.management.Service;

/**
 * The controllers of one replica. Informers run from the start, on standby too, so that a replica that becomes leader
 * acts at once on what it knows; workers run only while it leads. When it closes, workers stop first, then the lease is
 * released for another replica to take, then everything else ends.
 */
final class ControllerService implements Service {
    private static final Logger log = LoggerFactory.getLogger(ControllerService.class);
    private static final String USER_AGENT = "myriad-controller";
    /** How long a piece of work may go on after it was told to stop; shorter than a lease. */
    private static final long STOP_GRACE_MILLIS = 3_000;
    /** How long a write may take to be answered after its worker has gone. */
    private static final long WRITE_GRACE_MILLIS = 1_500;
    private static final long ELECTION_TIMEOUT_MILLIS = 2_500;

    private final ControllerOptions options;
    private final ApiClient client;
    private final ApiClient electionClient;
    private final InformerFactory informers;
    private final InformerFactory electionInformers;
    private final List<Controller> controllers;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final @Nullable LeaderElector elector;
    private final WriteFence fence;
    private final Supplier<String> metricsText;
    private @Nullable ComponentServer server;
    private @Nullable ElectionLoop loop;
    private boolean closed;
    private volatile boolean leading;
    private volatile CompletableFuture<Void> prepared = new CompletableFuture<>();

    /**
     * @param registry where all is counted
     * @param metricsText what it has counted, for {@code /metrics}
     * @throws IOException when the kubeconfig or another file cannot be read
     * @throws IllegalArgumentException when a file's content or a combination of options is wrong
     */
    ControllerService(ControllerOptions options, MeterRegistry registry, Supplier<String> metricsText)
            throws IOException {
        this.options = options;
        this.metricsText = metricsText;
        KubeConfig config = options.kubeconfig() == null
                ? KubeConfig.inCluster(System.getenv())
                : KubeConfig.read(options.kubeconfig());
        ClientOptions clientOptions = ClientOptions.of(config, options.servers(), USER_AGENT);
        this.client = ApiClient.create(clientOptions, registry);
        this.electionClient = ApiClient
                .create(clientOptions.withUserAgent(USER_AGENT + "/election").withConnections(1, 2)
                        .withRequestTimeoutMillis(ELECTION_TIMEOUT_MILLIS).withRetriesMax(1), registry);
        this.informers = new InformerFactory(client, registry);
        this.electionInformers = new InformerFactory(electionClient, registry);
        // Replicas may share a host; events say which of them reports.
        String instance = hostName() + "_" + UUID.randomUUID();
        this.elector = options.election().enabled() ? elector(instance) : null;
        this.fence = new WriteFence(elector == null ? () -> true : elector::mayWrite);
        ControllerContext context = new ControllerContext(client.fenced(fence), new ClusterInformers(informers),
                registry, InstantSource.system(), System::nanoTime, random, instance);
        this.controllers = Controllers.create(options, context);
        Gauge.builder("leader_election_master_status", this, self -> self.leading ? 1 : 0)
                .tag("name", options.election().name()).register(registry);
    }

    private LeaderElector elector(String instance) {
        ControllerOptions.Election election = options.election();
        ElectionOptions times = new ElectionOptions(instance, election.leaseDurationMillis(),
                election.renewDeadlineMillis(), election.retryPeriodMillis(),
                ELECTION_TIMEOUT_MILLIS);
        return new LeaderElector(times, new ApiLeaseStore(electionClient, election.namespace(), election.name()),
                new Workers(), System::nanoTime, InstantSource.system(), random);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /**
     * Starts to watch, and to elect as soon as everything is known. Returns at once.
     *
     * @throws ControllerStartException when the secure port cannot be served
     */
    @Override
    public void start() {
        if (options.serving().port() != 0) {
            try {
                server = ComponentServer.start(options.serving(), Map.of("informers", this::ready), metricsText,
                        new MetricsReaders(client));
            } catch (IOException e) {
                throw new ControllerStartException("--secure-port: " + e.getMessage());
            }
        }
        prepared = CompletableFuture.allOf(controllers.stream().map(Controller::prepare)
                .toArray(CompletableFuture[]::new)).thenCompose(ready -> {
                    informers.start();
                    return informers.allSynced();
                });
        prepared.thenRun(this::elect);
    }

    private synchronized void elect() {
        if (closed) {
            return;
        }
        log.info("all informers are synced, {} controllers are ready", controllers.size());
        LeaderElector candidate = elector;
        if (candidate == null) {
            startWorkers();
        } else {
            ControllerOptions.Election election = options.election();
            loop = ElectionLoop.start(election.name(), candidate, System::nanoTime)
                    .watch(electionInformers, election.namespace(), election.name());
        }
    }

    /** Whether everything that is watched has been seen once: such a replica can lead. */
    boolean ready() {
        return prepared.isDone() && !prepared.isCompletedExceptionally();
    }

    boolean leading() {
        return leading;
    }

    /** Who leads, or empty while that is not known. */
    String leader() {
        return elector == null ? "" : elector.leader();
    }

    private void startWorkers() {
        leading = true;
        fence.open();
        controllers.forEach(Controller::start);
    }

    private CompletableFuture<Void> stopWorkers() {
        return CompletableFuture
                .allOf(controllers.stream().map(controller -> controller.stop(STOP_GRACE_MILLIS))
                        .toArray(CompletableFuture[]::new))
                .thenCompose(done -> fence.close(WRITE_GRACE_MILLIS))
                .whenComplete((done, error) -> leading = false);
    }

    private final class Workers implements Leadership {
        @Override
        public void startLeading(int term) {
            startWorkers();
        }

        @Override
        public CompletableFuture<Void> stopLeading() {
            return stopWorkers();
        }

        @Override
        public void leaderChanged(String identity) {
            log.info("leader is {}", identity);
        }
    }

    /** What it is called in logs; for tests and status. */
    List<String> controllerNames() {
        List<String> names = new ArrayList<>();
        controllers.forEach(controller -> names.add(controller.name()));
        return names;
    }

    /** Ends everything in order; doing it again does nothing. */
    @Override
    public void close() {
        ElectionLoop running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = loop;
        }
        CompletableFuture<Void> stopped = running != null ? running.resign() : stopWorkers();
        try {
            stopped.orTimeout(STOP_GRACE_MILLIS * 3, TimeUnit.MILLISECONDS).join();
        } catch (RuntimeException e) {
            log.warn("workers did not stop in time, the lease will expire: {}", e.toString());
        }
        if (server != null) {
            server.close();
        }
        informers.close();
        electionInformers.close();
        client.close();
        electionClient.close();
    }
}
