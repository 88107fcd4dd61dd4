package io.myriad.apiserver.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.Schema;
import io.myriad.apiserver.authentication.Authenticator;
import io.myriad.apiserver.authentication.Impersonation;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.discovery.DiscoveryDocuments;
import io.myriad.apiserver.openapi.ApiDocuments;
import io.myriad.apiserver.registry.Registry;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.review.Reviews;
import io.myriad.apiserver.review.TokenRequests;
import io.myriad.apiserver.storage.ObjectLookup;

/** The HTTP surface as a whole: puts the parts together, listens, and stops in good order. */
public final class ApiServer implements AutoCloseable {
    /** The API version that is served, as clients see it. */
    public static final String VERSION = "v1.37.2";

    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);
    private static final long DRAIN_SECONDS = 10;

    /**
     * How to listen.
     *
     * @param address what to bind
     * @param tls the server's side of TLS
     * @param maxStreams concurrent streams of an HTTP/2 connection
     * @param maxReading reading requests served at the same time
     * @param maxWriting writing requests served at the same time
     * @param minWatch the shortest duration of a watch whose client names none
     * @param goAwayChance how likely a request makes the client connect again
     * @param verbosity how much is logged
     * @param serverAddress where clients of the core group's discovery are sent
     * @param shutdownDelay how long requests are served after readiness ended
     */
    public record Settings(InetSocketAddress address, SslContext tls, int maxStreams, int maxReading, int maxWriting,
            Duration minWatch, double goAwayChance, int verbosity, String serverAddress, Duration shutdownDelay) {}

    /**
     * Who may do what.
     *
     * @param authenticator tells who sends a request
     * @param clientAuthorities who issues client certificates
     * @param proxy how a front proxy names users, or null
     * @param impersonation lets users act as others
     * @param authorizer decides
     */
    public record Access(Authenticator authenticator, List<X509Certificate> clientAuthorities, @Nullable Proxy proxy,
            Impersonation impersonation, Authorizer authorizer) {}

    /** How a front proxy names users; see {@code --requestheader-*}. */
    public record Proxy(List<X509Certificate> authorities, List<String> allowedNames, List<String> userHeaders,
            List<String> uidHeaders, List<String> groupHeaders, List<String> extraPrefixes) {}

    /**
     * What is served.
     *
     * @param schema the built-in types
     * @param catalog the resources
     * @param registry what can be done with them
     * @param lookup reads objects
     * @param tables prints them
     * @param reviews answers reviews
     * @param tokens issues service account tokens, or null
     * @param openApi the documents of what is served now
     * @param health the health checks
     * @param storeAnswers whether the store can be read
     * @param metrics where requests are counted
     * @param metricsText what {@code /metrics} shows
     */
    public record Content(Schema schema, ResourceCatalog catalog, Registry registry, ObjectLookup lookup,
            Tables tables, Reviews reviews, @Nullable TokenRequests tokens, Supplier<ApiDocuments> openApi,
            HealthChecks health, BooleanSupplier storeAnswers, MeterRegistry metrics, Supplier<String> metricsText) {}

    private final Settings settings;
    private final WatchRegister watches = new WatchRegister();
    private final CallHandler handler;
    private final InstantSource clock;
    private final Runnable markNotReady;
    private final MeterRegistry meters;
    private @Nullable HttpListener listener;

    /**
     * Puts the server together; it does not listen yet.
     *
     * @param markNotReady called when the server stops: from then on its readiness check fails
     */
    public ApiServer(Settings settings, Access access, Content content, Runnable markNotReady,
            InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.meters = content.metrics();
        this.markNotReady = markNotReady;
        AnswerWriter answers = new AnswerWriter(content.schema(), content.tables());
        ResourceEndpoint resources = new ResourceEndpoint(content.registry(), answers, content.schema(), watches,
                settings.minWatch().toMillis(), random);
        List<PlainPaths.PathHandler> others = new ArrayList<>();
        others.add(new OpenApiPaths(content.openApi(), clock));
        Verbosity verbosity = new Verbosity(settings.verbosity());
        others.add(verbosity);
        PlainPaths paths = new PlainPaths(new DiscoveryDocuments(content.catalog()), content.catalog(),
                content.health(), answers, content.schema(), settings.serverAddress(), version(),
                content.metricsText(), others);
        Subresources subresources = new Subresources(content, answers);
        Router router = new Router(content.catalog(), resources, subresources,
                new VirtualResources(content.catalog()::state, new ReviewEndpoint(content.reviews(), answers),
                        subresources, new ComponentStatuses(content.storeAnswers(), answers)),
                paths);
        Proxy proxy = access.proxy();
        FrontProxy frontProxy = proxy == null
                ? null
                : new FrontProxy(new ClientCertificates(proxy.authorities(), clock), proxy.allowedNames(),
                        proxy.userHeaders(), proxy.uidHeaders(), proxy.groupHeaders(), proxy.extraPrefixes());
        ApiFrontend.Guards guards = new ApiFrontend.Guards(access.authenticator(),
                new ClientCertificates(access.clientAuthorities(), clock), frontProxy, access.impersonation(),
                access.authorizer());
        RequestLimits limits = new RequestLimits(settings.maxReading(), settings.maxWriting(), RequestLimits.PATIENCE);
        MeterRequestMetrics metrics = new MeterRequestMetrics(content.metrics(), watches, limits,
                content.catalog());
        this.handler = new ApiFrontend(guards, limits, router, answers, metrics, new FlowHeaders(content.lookup()),
                settings.goAwayChance(), verbosity,
                random);
    }

    private static ObjectNode version() {
        ObjectNode version = JsonNodeFactory.instance.objectNode();
        version.put("major", "1").put("minor", "37").put("emulationMajor", "1").put("emulationMinor", "37")
                .put("minCompatibilityMajor", "1").put("minCompatibilityMinor", "36").put("gitVersion", VERSION)
                .put("gitCommit", "").put("gitTreeState", "clean").put("buildDate", "1970-01-01T00:00:00Z")
                .put("goVersion", "").put("compiler", "java " + Runtime.version().feature())
                .put("platform", System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT) + "/"
                        + System.getProperty("os.arch"));
        return version;
    }

    /**
     * Begins to listen.
     *
     * @throws IOException when the address cannot be bound
     */
    public void start() throws IOException {
        HttpListener started = HttpListener.start(settings.address(), settings.tls(),
                HttpListener.Limits.standard(settings.maxStreams()), handler, clock);
        listener = started;
        register(started);
        log.info("Serving securely on {}:{}", settings.address().getAddress().getHostAddress(), started.port());
    }

    private void register(HttpListener started) {
        Gauge.builder("myriad_http_connections", started, HttpListener::connectionCount).register(meters);
        Gauge.builder("myriad_http_handshakes", started, HttpListener::handshakeCount).register(meters);
        Gauge.builder("myriad_http_unfinished_body_bytes", started, HttpListener::unfinishedBodyBytes).register(meters);
        for (Refusals.Reason reason : Refusals.Reason.values()) {
            FunctionCounter.builder("myriad_http_refusals_total", started.refusals(), all -> all.count(reason))
                    .tag("reason", reason.label()).register(meters);
        }
    }

    /** The port that is listened on. */
    public int port() {
        if (listener == null) {
            throw new IllegalStateException("not started");
        }
        return listener.port();
    }

    /** Stops: readiness fails first, watches get a last bookmark, clients are told to go elsewhere. */
    @Override
    public void close() {
        HttpListener started = listener;
        if (started == null) {
            return;
        }
        markNotReady.run();
        try {
            Thread.sleep(settings.shutdownDelay());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        watches.finishAll();
        started.drain(Duration.ofSeconds(DRAIN_SECONDS));
        started.close();
    }
}
