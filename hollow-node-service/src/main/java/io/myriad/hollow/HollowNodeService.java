package io.myriad.hollow;

import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import org.jspecify.annotations.Nullable;

import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ClientOptions;
import io.myriad.control.client.KubeConfig;
import io.myriad.control.informer.InformerFactory;
import io.myriad.control.serving.ComponentServer;
import io.myriad.control.serving.MetricsReaders;
import io.myriad.hollow.core.NodeLoop;
import io.myriad.management.Service;

/**
 * The running nodes: one loop, one client for requests, and one for the watches, which are as many as the nodes and must
 * not take the connections that leases are renewed on.
 */
public final class HollowNodeService implements Service {
    private static final String USER_AGENT = "kubelet/myriad";
    private static final int REQUEST_CONNECTIONS = 4;
    private static final int REQUEST_CONNECTIONS_MAX = 16;
    private static final int SPARE_WATCH_CONNECTIONS = 4;
    private static final long STOP_MILLIS = 5_000;

    private final ApiClient client;
    private final ApiClient watchClient;
    private final InformerFactory informers;
    private final NodeLoop loop;
    private final Thread thread;
    private final ApiNodeWriter writer;
    private final HollowNodeOptions options;
    private final Supplier<String> metricsText;
    private @Nullable ComponentServer server;

    /**
     * Prepares everything; nothing runs before {@link #start}.
     *
     * @param registry where all is counted
     * @param metricsText what it has counted, for {@code /metrics}
     */
    public HollowNodeService(HollowNodeOptions options, MeterRegistry registry, Supplier<String> metricsText)
            throws IOException {
        this.options = options;
        this.metricsText = metricsText;
        KubeConfig config = options.kubeconfig() == null
                ? KubeConfig.inCluster(System.getenv())
                : KubeConfig.read(options.kubeconfig());
        ClientOptions requests = ClientOptions.of(config, options.servers(), USER_AGENT)
                .withConnections(REQUEST_CONNECTIONS, REQUEST_CONNECTIONS_MAX);
        int watchConnections = options.nodes() / requests.streamsPerConnection() + SPARE_WATCH_CONNECTIONS;
        this.client = ApiClient.create(requests, registry);
        // Thousands of watches with figures of their own would drown all others.
        MeterRegistry silent = new CompositeMeterRegistry();
        silent.config().meterFilter(MeterFilter.deny());
        this.watchClient = ApiClient.create(requests.withConnections(1, watchConnections), silent);
        this.informers = new InformerFactory(watchClient, silent);
        this.writer = new ApiNodeWriter(client, informers, Clock.systemUTC(), registry);
        this.loop = new NodeLoop(options.profile(), options.nodes(), writer, Clock.systemUTC(),
                ThreadLocalRandom.current(), millis());
        this.thread = Thread.ofPlatform().name("hollow-nodes").unstarted(() -> loop.run(HollowNodeService::millis));
        registry.gauge("hollow_nodes", loop, NodeLoop::nodes);
        registry.gauge("hollow_nodes_ready", loop, NodeLoop::readyNodes);
        registry.gauge("hollow_pods", loop, NodeLoop::pods);
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /**
     * Starts the nodes. Returns at once.
     *
     * @throws IOException when the kubelets' port cannot be served
     */
    @Override
    public void start() throws IOException {
        if (options.serving().port() != 0) {
            server = ComponentServer.start(options.serving(), Map.of("nodes", () -> readyNodes() == nodes()),
                    metricsText, new MetricsReaders(client));
        }
        writer.answerTo(loop::submit);
        thread.start();
    }

    /** How many nodes are registered and alive. */
    public int readyNodes() {
        return loop.readyNodes();
    }

    /** How many nodes there are to be. */
    public int nodes() {
        return loop.nodes();
    }

    /** Ends the process' part; nodes and pods stay as they are in the API. */
    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        informers.close();
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchClient.close();
        client.close();
    }
}
