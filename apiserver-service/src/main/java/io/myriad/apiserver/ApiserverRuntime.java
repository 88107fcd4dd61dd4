package io.myriad.apiserver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.schema.Schema;
import io.myriad.apiserver.ApiserverOptions.AuthorizationMode;
import io.myriad.apiserver.admission.AdmissionChain;
import io.myriad.apiserver.admission.AdmissionPlugins;
import io.myriad.apiserver.admission.webhook.ServiceAddresses;
import io.myriad.apiserver.admission.webhook.WebhookClient;
import io.myriad.apiserver.allocation.AddressObjects;
import io.myriad.apiserver.allocation.AddressRange;
import io.myriad.apiserver.allocation.PortBitmap;
import io.myriad.apiserver.allocation.ServiceAllocation;
import io.myriad.apiserver.authentication.Authenticator;
import io.myriad.apiserver.authentication.AuthenticatorChain;
import io.myriad.apiserver.authentication.CertificateAuthenticator;
import io.myriad.apiserver.authentication.Impersonation;
import io.myriad.apiserver.authentication.ServiceAccountTokens;
import io.myriad.apiserver.authentication.TokenFileAuthenticator;
import io.myriad.apiserver.authorization.Authorizer;
import io.myriad.apiserver.authorization.AuthorizerChain;
import io.myriad.apiserver.authorization.NodeAuthorizer;
import io.myriad.apiserver.authorization.RbacAuthorizer;
import io.myriad.apiserver.authorization.StartingAuthorizer;
import io.myriad.apiserver.bootstrap.Bootstrap;
import io.myriad.apiserver.cache.Storages;
import io.myriad.apiserver.custom.ConversionWebhook;
import io.myriad.apiserver.custom.CustomResources;
import io.myriad.apiserver.custom.DefinitionHooks;
import io.myriad.apiserver.custom.DefinitionStrategy;
import io.myriad.apiserver.custom.InstanceCleanup;
import io.myriad.apiserver.custom.RuleEngine;
import io.myriad.apiserver.custom.cel.CelEngine;
import io.myriad.apiserver.http.ApiServer;
import io.myriad.apiserver.http.ServerTls;
import io.myriad.apiserver.kind.Strategies;
import io.myriad.apiserver.openapi.ApiDocuments;
import io.myriad.apiserver.registry.BuiltinCatalog;
import io.myriad.apiserver.registry.CatalogLookup;
import io.myriad.apiserver.registry.CatalogObjects;
import io.myriad.apiserver.registry.NamespaceHooks;
import io.myriad.apiserver.registry.Registry;
import io.myriad.apiserver.registry.RegistryWriter;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.SchemaOwnership;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.registry.StorageProvider;
import io.myriad.apiserver.registry.WriteHooks;
import io.myriad.apiserver.review.Reviews;
import io.myriad.apiserver.review.TokenRequests;
import io.myriad.apiserver.storage.EtcdConnection;
import io.myriad.apiserver.storage.EtcdStore;
import io.myriad.apiserver.storage.KeyValueStore;
import io.myriad.apiserver.storage.ObjectLookup;
import io.myriad.apiserver.storage.StorageKeys;
import io.myriad.apiserver.table.PrintedTables;
import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.PemKeys;
import io.myriad.management.Service;
import io.myriad.metrics.MetricsText;

/** The running server: makes all parts from the options, starts them in order, and stops them in the reverse. */
final class ApiserverRuntime implements Service {
    private static final Logger log = LoggerFactory.getLogger(ApiserverRuntime.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    /** How long a request waits for a server that is starting before it is refused. */
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(30);
    private static final long START_RETRY_MILLIS = 200;
    private static final long COMPACTION_MILLIS = 5 * 60_000L;

    private final ApiserverOptions options;
    private final MeterRegistry metrics;
    private final Readiness readiness = new Readiness();
    private final InstantSource clock = InstantSource.system();
    private final RandomGenerator random = new SecureRandom();
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final AtomicReference<@Nullable Registry> registry = new AtomicReference<>();
    private final Schema schema = Schema.builtin();
    private final Storages storages;
    private final EtcdStore store;
    private final ResourceCatalog catalog;
    private final ObjectLookup lookup;
    private final RegistryWriter writer;
    private final @Nullable RbacAuthorizer rbac;
    private final AdmissionChain admission;
    private final CustomResources customResources;
    private final ApiServer server;

    ApiserverRuntime(ApiserverOptions options, MeterRegistry metrics, MetricsText metricsText)
            throws IOException, GeneralSecurityException {
        this.options = options;
        this.metrics = metrics;
        this.store = closing(new EtcdStore(connection(options.store().servers())));
        Strategies strategies = new Strategies(clock);
        RuleEngine rules = new CelEngine();
        strategies.put("apiextensions.k8s.io", "CustomResourceDefinition", new DefinitionStrategy(rules));
        this.storages = closing(new Storages(schema, new StorageKeys(options.store().prefix() + "/"), store,
                overrides(), kind -> strategies.of(kind, false).selectableFields(), metrics));
        AtomicReference<@Nullable ResourceCatalog> made = new AtomicReference<>();
        this.lookup = new CatalogLookup(() -> required(made).state());
        this.writer = new RegistryWriter(() -> required(made).state(), () -> required(registry));
        WriteHooks services = serviceHooks();
        this.catalog = new BuiltinCatalog(schema, options.api().runtimeConfig(), storageProvider(), strategies::of,
                resource -> switch (resource.name().groupResource()) {
                    case "services" -> services;
                    case "namespaces" -> new NamespaceHooks();
                    case "customresourcedefinitions.apiextensions.k8s.io" -> new DefinitionHooks(clock);
                    default -> WriteHooks.NONE;
                }).build();
        made.set(catalog);
        this.rbac = options.authorization().contains(AuthorizationMode.RBAC) ? closing(rbac()) : null;
        Authorizer authorizer = authorizer();
        WebhookClient webhooks = new WebhookClient(new ServiceAddresses(lookup, random));
        this.admission = closing(AdmissionPlugins.chain(new HashSet<>(options.admission().disabled()), lookup,
                this::admissionSource, new CatalogObjects(() -> required(made).state()), random, rbac, authorizer,
                webhooks));
        Registry operations = new Registry(admission, new SchemaOwnership(catalog::state, clock), authorizer, clock,
                random);
        registry.set(operations);
        this.customResources = closing(new CustomResources(catalog, storages, writer, rules,
                new InstanceCleanup(() -> operations, writer), clock,
                new ConversionWebhook.Means(webhooks, random, metrics)));
        this.server = server(operations, authorizer, metricsText);
    }

    private <T extends AutoCloseable> T closing(T part) {
        closeables.addFirst(part);
        return part;
    }

    private static <T> T required(AtomicReference<@Nullable T> reference) {
        T value = reference.get();
        if (value == null) {
            throw new IllegalStateException("used before it was made");
        }
        return value;
    }

    private EtcdConnection connection(List<URI> servers) {
        ApiserverOptions.Store given = options.store();
        return new EtcdConnection(servers, given.caFile(), given.certFile(), given.keyFile(),
                EtcdConnection.DEFAULT_REQUEST_TIMEOUT_MILLIS);
    }

    private Map<String, KeyValueStore> overrides() throws IOException {
        Map<String, KeyValueStore> result = new HashMap<>();
        for (Map.Entry<String, List<URI>> override : options.store().overrides().entrySet()) {
            int slash = override.getKey().indexOf('/');
            String group = override.getKey().substring(0, slash);
            String resource = override.getKey().substring(slash + 1);
            result.put(group.isEmpty() ? resource : resource + "." + group,
                    closing(new EtcdStore(connection(override.getValue()))));
        }
        return result;
    }

    private StorageProvider storageProvider() {
        return (resource, strategy) -> {
            try {
                var stored = storages.storedKind(resource);
                return new StorageProvider.Stored(storages.builtin(resource), stored.kind(), stored.encoding());
            } catch (IllegalArgumentException notStored) {
                return null;
            }
        };
    }

    private WriteHooks serviceHooks() {
        ApiserverOptions.Services services = options.services();
        AddressRange range = AddressRange.parse(services.clusterIpRange());
        return new ServiceAllocation(new AddressObjects(range, lookup, writer, random),
                new PortBitmap(store, options.store().prefix() + "/ranges/servicenodeports", services.firstNodePort(),
                        services.lastNodePort(), random));
    }

    private RbacAuthorizer rbac() {
        return new RbacAuthorizer(name -> {
            var served = catalog.state().served(name);
            if (served == null) {
                throw new IllegalArgumentException("--authorization-mode=RBAC needs " + name);
            }
            return new RbacAuthorizer.Source(served.storage(), served.form()::decode);
        });
    }

    private AdmissionPlugins.Source admissionSource(GroupVersionResource name) {
        ServedResource served = catalog.state().served(name);
        if (served == null) {
            throw new IllegalArgumentException("admission needs " + name);
        }
        return new AdmissionPlugins.Source(served.storage(), served.form()::decode,
                served.form()::encodeWithoutVersion);
    }

    private Authorizer authorizer() {
        List<Authorizer> authorizers = new ArrayList<>();
        for (AuthorizationMode mode : options.authorization()) {
            switch (mode) {
                case ALWAYS_ALLOW -> authorizers.add(new FixedAuthorizer(true));
                case ALWAYS_DENY -> authorizers.add(new FixedAuthorizer(false));
                case NODE -> authorizers.add(new NodeAuthorizer(lookup, Bootstrap.defaultClusterRole("system:node")));
                case RBAC -> {
                    if (rbac != null) {
                        authorizers.add(rbac);
                    }
                }
            }
        }
        return new AuthorizerChain(authorizers);
    }

    private ApiServer server(Registry operations, Authorizer authorizer, MetricsText metricsText)
            throws IOException, GeneralSecurityException {
        ApiserverOptions.Authentication authentication = options.authentication();
        ServiceAccountTokens tokens = tokens(authentication);
        List<Authenticator> authenticators = new ArrayList<>(List.of(new CertificateAuthenticator()));
        if (authentication.tokenFile() != null) {
            authenticators.add(TokenFileAuthenticator.read(authentication.tokenFile()));
        }
        if (tokens != null) {
            authenticators.add(tokens);
        }
        Authenticator authenticator = new AuthenticatorChain(authenticators, authentication.anonymous());
        List<X509Certificate> clientAuthorities = certificates(authentication.clientCaFile());
        Authorizer patient = new StartingAuthorizer(authorizer, readiness.whenStarted(), REQUEST_PATIENCE);
        ApiServer.Access access = new ApiServer.Access(authenticator, clientAuthorities,
                proxy(authentication.frontProxy()), new Impersonation(patient), patient);
        Reviews reviews = new Reviews(patient, authenticator, tokens, authentication.audiences(), clock);
        AtomicReference<@Nullable ApiDocuments> openApi = new AtomicReference<>();
        ApiServer.Content content = new ApiServer.Content(schema, catalog, operations, lookup,
                new PrintedTables(clock, customResources::columns),
                reviews, tokens == null ? null : new TokenRequests(tokens, authentication.audiences(), clock),
                () -> openApi.updateAndGet(known -> known != null
                        ? known
                        : new ApiDocuments(schema, catalog, ApiServer.VERSION)),
                readiness.checks(this::storeAnswers),
                this::storeAnswers, metrics, metricsText);
        ApiserverOptions.Serving serving = options.serving();
        ApiServer.Settings settings = new ApiServer.Settings(
                new InetSocketAddress(serving.bindAddress(), serving.securePort()), tls(clientAuthorities),
                serving.maxStreams(), serving.maxRequestsInFlight(), serving.maxMutatingRequestsInFlight(),
                serving.minRequestTimeout(), serving.goAwayChance(), options.logging().verbosity(),
                serving.advertiseAddress().getHostAddress() + ":" + serving.securePort(), serving.shutdownDelay());
        return new ApiServer(settings, access, content, readiness::stopping, clock, random);
    }

    private @Nullable ServiceAccountTokens tokens(ApiserverOptions.Authentication authentication) throws IOException {
        if (authentication.signingKeyFile() == null) {
            return null;
        }
        List<PublicKey> keys = new ArrayList<>();
        for (Path file : authentication.verificationKeyFiles()) {
            keys.addAll(PemKeys.readPublicKeys(file));
        }
        return new ServiceAccountTokens(authentication.issuers().getFirst(), authentication.audiences(),
                PemKeys.readPrivateKey(authentication.signingKeyFile()), keys, lookup, clock);
    }

    private static ApiServer.@Nullable Proxy proxy(ApiserverOptions.@Nullable FrontProxy proxy)
            throws IOException, GeneralSecurityException {
        return proxy == null
                ? null
                : new ApiServer.Proxy(certificates(proxy.clientCaFile()), proxy.allowedNames(), proxy.userHeaders(),
                        proxy.uidHeaders(), proxy.groupHeaders(), proxy.extraPrefixes());
    }

    private static List<X509Certificate> certificates(@Nullable Path file)
            throws IOException, GeneralSecurityException {
        if (file == null) {
            return List.of();
        }
        List<X509Certificate> result = new ArrayList<>();
        try (var in = Files.newInputStream(file)) {
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                result.add((X509Certificate) certificate);
            }
        }
        return List.copyOf(result);
    }

    /** TLS from the given files, or from a certificate made here and kept in the certificate directory. */
    private SslContext tls(List<X509Certificate> clientAuthorities) throws IOException {
        Path certificate = options.serving().certFile();
        Path key = options.serving().keyFile();
        if (certificate == null || key == null) {
            Path directory = options.serving().certDirectory();
            certificate = directory.resolve("apiserver.crt");
            key = directory.resolve("apiserver.key");
            if (!Files.exists(certificate) || !Files.exists(key)) {
                Files.createDirectories(directory);
                List<String> hosts = List.of("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                        "127.0.0.1", options.serving().bindAddress().getHostAddress(),
                        options.serving().advertiseAddress().getHostAddress(),
                        AddressRange.parse(options.services().clusterIpRange()).address(1));
                CertificateAuthority.create("apiserver-ca", clock).issueServer("kube-apiserver",
                        hosts.stream().distinct().toList()).write(certificate, key);
            }
        }
        return ServerTls.fromFiles(certificate, key, clientAuthorities);
    }

    private boolean storeAnswers() {
        try {
            return store.revisions().revision() > 0;
        } catch (StatusException unavailable) {
            return false;
        }
    }

    /** Starts to serve and returns when the server is ready: caches of what decides are filled, basic objects made. */
    @Override
    public void start() throws IOException {
        storages.start();
        admission.start();
        storages.compactEvery(store.compactor(), COMPACTION_MILLIS);
        server.start();
        try {
            retry(this::bootstrap);
        } catch (IllegalStateException | StatusException failure) {
            throw new IllegalStateException("the server cannot start over the store: " + failure.getMessage(), failure);
        }
        readiness.started();
    }

    private void bootstrap() {
        if (rbac != null && rbacStarted.compareAndSet(false, true)) {
            await(rbac.start(), "roles and bindings");
        }
        if (customResourcesStarted.compareAndSet(false, true)) {
            await(customResources.start(), "definitions of custom resources");
        }
        new Bootstrap(lookup, writer,
                new Bootstrap.Settings(AddressRange.parse(options.services().clusterIpRange()).address(1),
                        options.services().clusterIpRange(), server.port(),
                        ClientTrust.of(options.authentication()), options.api().bootstrapObjectsFile()),
                clock).run();
    }

    private final AtomicBoolean rbacStarted = new AtomicBoolean();
    private final AtomicBoolean customResourcesStarted = new AtomicBoolean();

    private static void await(Future<?> filled, String what) {
        try {
            filled.get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException(what + " could not be read", failure);
        }
    }

    /** Tries until the store answers or patience ends. */
    private static void retry(Runnable action) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (true) {
            try {
                action.run();
                return;
            } catch (StatusException notYet) {
                boolean hopeless = notYet.status().code() < 500 && notYet.status().code() != 429;
                if (hopeless || System.nanoTime() > deadline) {
                    throw notYet;
                }
                log.info("Waiting for the store: {}", notYet.getMessage());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(START_RETRY_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", interrupted);
            }
        }
    }

    /** Whether all is there to serve: basic objects and the roles that decide; and the server is not about to stop. */
    boolean started() {
        return readiness.isReady();
    }

    /** Whether the store answers now. */
    boolean storeReachable() {
        return storeAnswers();
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
        for (AutoCloseable part : closeables) {
            try {
                part.close();
            } catch (Exception failure) {
                log.warn("Something did not stop in good order: {}", failure.toString());
            }
        }
    }
}
