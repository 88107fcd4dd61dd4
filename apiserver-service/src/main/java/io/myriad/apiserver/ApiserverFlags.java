package io.myriad.apiserver;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.myriad.api.value.GoDuration;
import io.myriad.apiserver.ApiserverOptions.AuthorizationMode;
import io.myriad.apiserver.ApiserverOptions.EndpointReconciler;
import io.myriad.apiserver.ApiserverOptions.LogFormat;
import io.myriad.apiserver.allocation.AddressRange;

/**
 * Reads kube-apiserver's flags into {@link ApiserverOptions}. A flag that is wrong, unknown, or not supported here ends
 * in {@link IllegalArgumentException} with one line that names it. Flags that other programs pass by habit and that
 * change nothing here are in {@link AcceptedFlags}.
 */
@Command(name = "kube-apiserver", sortOptions = false)
final class ApiserverFlags {
    @Option(names = "--etcd-servers", split = ",", required = true, paramLabel = "URL")
    private List<URI> etcdServers = List.of();

    @Option(names = "--etcd-servers-overrides", split = ",", paramLabel = "GROUP/RESOURCE#URL;URL")
    private List<String> etcdServersOverrides = List.of();

    @Option(names = "--etcd-cafile", paramLabel = "FILE")
    private @Nullable Path etcdCaFile;

    @Option(names = "--etcd-certfile", paramLabel = "FILE")
    private @Nullable Path etcdCertFile;

    @Option(names = "--etcd-keyfile", paramLabel = "FILE")
    private @Nullable Path etcdKeyFile;

    @Option(names = "--etcd-prefix", paramLabel = "PREFIX")
    private String etcdPrefix = "/registry";

    @Option(names = "--bind-address", paramLabel = "IP")
    private String bindAddress = "127.0.0.1";

    @Option(names = "--secure-port", paramLabel = "PORT")
    private int securePort = 6443;

    @Option(names = "--advertise-address", paramLabel = "IP")
    private @Nullable String advertiseAddress;

    @Option(names = "--tls-cert-file", paramLabel = "FILE")
    private @Nullable Path tlsCertFile;

    @Option(names = "--tls-private-key-file", paramLabel = "FILE")
    private @Nullable Path tlsPrivateKeyFile;

    @Option(names = "--cert-dir", paramLabel = "DIR")
    private Path certDirectory = Path.of("apiserver-certificates");

    @Option(names = "--max-requests-inflight", paramLabel = "N")
    private int maxRequestsInFlight = 400;

    @Option(names = "--max-mutating-requests-inflight", paramLabel = "N")
    private int maxMutatingRequestsInFlight = 200;

    @Option(names = "--request-timeout", paramLabel = "DURATION")
    private Duration requestTimeout = Duration.ofSeconds(60);

    @Option(names = "--min-request-timeout", paramLabel = "SECONDS")
    private int minRequestTimeoutSeconds = 1800;

    @Option(names = "--goaway-chance", paramLabel = "CHANCE")
    private double goAwayChance;

    @Option(names = "--http2-max-streams-per-connection", paramLabel = "N")
    private int maxStreams = 1000;

    @Option(names = "--shutdown-delay-duration", paramLabel = "DURATION")
    private Duration shutdownDelay = Duration.ZERO;

    @Option(names = "--anonymous-auth", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL")
    private boolean anonymousAuth = true;

    @Option(names = "--client-ca-file", paramLabel = "FILE")
    private @Nullable Path clientCaFile;

    @Option(names = "--token-auth-file", paramLabel = "FILE")
    private @Nullable Path tokenAuthFile;

    @Option(names = "--service-account-issuer", paramLabel = "URL")
    private List<String> serviceAccountIssuers = List.of();

    @Option(names = "--service-account-key-file", paramLabel = "FILE")
    private List<Path> serviceAccountKeyFiles = List.of();

    @Option(names = "--service-account-signing-key-file", paramLabel = "FILE")
    private @Nullable Path serviceAccountSigningKeyFile;

    @Option(names = "--service-account-jwks-uri", paramLabel = "URL")
    private @Nullable String serviceAccountJwksUri;

    @Option(names = "--service-account-max-token-expiration", paramLabel = "DURATION")
    private Duration serviceAccountMaxTokenExpiration = Duration.ZERO;

    @Option(names = "--service-account-extend-token-expiration", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL")
    private boolean serviceAccountExtendTokenExpiration = true;

    @Option(names = "--api-audiences", split = ",", paramLabel = "AUDIENCE")
    private List<String> apiAudiences = List.of();

    @Option(names = "--requestheader-client-ca-file", paramLabel = "FILE")
    private @Nullable Path requestHeaderClientCaFile;

    @Option(names = "--requestheader-allowed-names", split = ",", paramLabel = "NAME")
    private List<String> requestHeaderAllowedNames = List.of();

    @Option(names = "--requestheader-username-headers", split = ",", paramLabel = "HEADER")
    private List<String> requestHeaderUsernameHeaders = List.of();

    @Option(names = "--requestheader-uid-headers", split = ",", paramLabel = "HEADER")
    private List<String> requestHeaderUidHeaders = List.of();

    @Option(names = "--requestheader-group-headers", split = ",", paramLabel = "HEADER")
    private List<String> requestHeaderGroupHeaders = List.of();

    @Option(names = "--requestheader-extra-headers-prefix", split = ",", paramLabel = "PREFIX")
    private List<String> requestHeaderExtraHeadersPrefixes = List.of();

    @Option(names = "--proxy-client-cert-file", paramLabel = "FILE")
    private @Nullable Path proxyClientCertFile;

    @Option(names = "--proxy-client-key-file", paramLabel = "FILE")
    private @Nullable Path proxyClientKeyFile;

    @Option(names = "--authorization-mode", split = ",", paramLabel = "MODE")
    private List<AuthorizationMode> authorizationModes = List.of(AuthorizationMode.ALWAYS_ALLOW);

    @Option(names = "--enable-admission-plugins", split = ",", paramLabel = "PLUGIN")
    private List<String> enableAdmissionPlugins = List.of();

    @Option(names = "--disable-admission-plugins", split = ",", paramLabel = "PLUGIN")
    private List<String> disableAdmissionPlugins = List.of();

    @Option(names = "--service-cluster-ip-range", paramLabel = "CIDR")
    private String serviceClusterIpRange = "10.0.0.0/24";

    @Option(names = "--service-node-port-range", paramLabel = "FIRST-LAST")
    private String serviceNodePortRange = "30000-32767";

    @Option(names = "--allow-privileged", arity = "0..1", fallbackValue = "true", paramLabel = "BOOL")
    private boolean allowPrivileged;

    @Option(names = "--event-ttl", paramLabel = "DURATION")
    private Duration eventTtl = Duration.ofHours(1);

    @Option(names = "--runtime-config", split = ",", paramLabel = "KEY=BOOL")
    private List<String> runtimeConfig = List.of();

    @Option(names = "--feature-gates", split = ",", paramLabel = "KEY=BOOL")
    private List<String> featureGates = List.of();

    @Option(names = "--endpoint-reconciler-type", paramLabel = "TYPE")
    private EndpointReconciler endpointReconciler = EndpointReconciler.LEASE;

    @Option(names = "--bootstrap-objects", paramLabel = "FILE")
    private @Nullable Path bootstrapObjects;

    @Option(names = {"-v", "--v"}, paramLabel = "LEVEL")
    private int verbosity;

    @Option(names = "--logging-format", paramLabel = "FORMAT")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(names = "--management-port", paramLabel = "PORT")
    private int managementPort = 8082;

    private ApiserverFlags() {}

    /** All flags, one a line. */
    static String usage() {
        return new CommandLine(new ApiserverFlags()).getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException with one line that names the flag
     */
    static ApiserverOptions parse(String... args) {
        ApiserverFlags flags = new ApiserverFlags();
        CommandLine commandLine = new CommandLine(flags).setUnmatchedArgumentsAllowed(false)
                .setTrimQuotes(false).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true)
                .registerConverter(Duration.class, ApiserverFlags::duration)
                .registerConverter(AuthorizationMode.class, ApiserverFlags::authorizationMode);
        try {
            commandLine.parseArgs(AcceptedFlags.without(args));
        } catch (CommandLine.UnmatchedArgumentException wrong) {
            throw new IllegalArgumentException("unknown flag: " + wrong.getUnmatched().getFirst(), wrong);
        } catch (CommandLine.ParameterException wrong) {
            throw new IllegalArgumentException(
                    String.valueOf(wrong.getMessage()).lines().findFirst().orElse("wrong flags"), wrong);
        }
        return flags.options();
    }

    private ApiserverOptions options() {
        require((tlsCertFile == null) == (tlsPrivateKeyFile == null), "--tls-cert-file",
                "needs --tls-private-key-file, and the reverse");
        require((etcdCertFile == null) == (etcdKeyFile == null), "--etcd-certfile",
                "needs --etcd-keyfile, and the reverse");
        require((proxyClientCertFile == null) == (proxyClientKeyFile == null), "--proxy-client-cert-file",
                "needs --proxy-client-key-file, and the reverse");
        require(goAwayChance >= 0 && goAwayChance <= 0.02, "--goaway-chance", "must be between 0 and 0.02");
        require(maxRequestsInFlight > 0, "--max-requests-inflight", "must be positive");
        require(maxMutatingRequestsInFlight > 0, "--max-mutating-requests-inflight", "must be positive");
        require(maxStreams > 0, "--http2-max-streams-per-connection", "must be positive");
        require(minRequestTimeoutSeconds > 0, "--min-request-timeout", "must be positive");
        require(!requestTimeout.isNegative() && !requestTimeout.isZero(), "--request-timeout", "must be positive");
        require(!eventTtl.isNegative() && !eventTtl.isZero(), "--event-ttl", "must be positive");
        require(securePort >= 0 && securePort <= 65535, "--secure-port", "must be between 0 and 65535");
        require(managementPort >= 0 && managementPort <= 65535, "--management-port", "must be between 0 and 65535");
        FeatureGates.check(featureGates);
        InetAddress bind = address("--bind-address", bindAddress);
        return new ApiserverOptions(
                new ApiserverOptions.Store(List.copyOf(etcdServers), overrides(), etcdCaFile, etcdCertFile, etcdKeyFile,
                        prefix()),
                new ApiserverOptions.Serving(bind, securePort,
                        advertiseAddress == null ? bind : address("--advertise-address", advertiseAddress), tlsCertFile,
                        tlsPrivateKeyFile, certDirectory, maxRequestsInFlight, maxMutatingRequestsInFlight,
                        requestTimeout, Duration.ofSeconds(minRequestTimeoutSeconds), goAwayChance, maxStreams,
                        shutdownDelay),
                authentication(), List.copyOf(authorizationModes),
                new ApiserverOptions.Admission(List.copyOf(enableAdmissionPlugins),
                        List.copyOf(disableAdmissionPlugins)),
                services(),
                new ApiserverOptions.Api(allowPrivileged, eventTtl, switches("--runtime-config", runtimeConfig),
                        endpointReconciler, bootstrapObjects),
                new ApiserverOptions.Logging(verbosity, logFormat), managementPort);
    }

    private ApiserverOptions.Authentication authentication() {
        require(serviceAccountSigningKeyFile == null || !serviceAccountIssuers.isEmpty(),
                "--service-account-signing-key-file", "needs --service-account-issuer");
        List<Path> verificationKeys = serviceAccountKeyFiles.isEmpty() && serviceAccountSigningKeyFile != null
                ? List.of(serviceAccountSigningKeyFile)
                : List.copyOf(serviceAccountKeyFiles);
        return new ApiserverOptions.Authentication(anonymousAuth, clientCaFile, tokenAuthFile,
                List.copyOf(serviceAccountIssuers), verificationKeys, serviceAccountSigningKeyFile,
                apiAudiences.isEmpty() ? List.copyOf(serviceAccountIssuers) : List.copyOf(apiAudiences),
                serviceAccountJwksUri, serviceAccountMaxTokenExpiration, serviceAccountExtendTokenExpiration,
                frontProxy(), proxyClientCertFile, proxyClientKeyFile);
    }

    private ApiserverOptions.@Nullable FrontProxy frontProxy() {
        if (requestHeaderClientCaFile == null) {
            return null;
        }
        require(!requestHeaderUsernameHeaders.isEmpty(), "--requestheader-client-ca-file",
                "needs --requestheader-username-headers");
        return new ApiserverOptions.FrontProxy(requestHeaderClientCaFile, List.copyOf(requestHeaderAllowedNames),
                List.copyOf(requestHeaderUsernameHeaders), List.copyOf(requestHeaderUidHeaders),
                List.copyOf(requestHeaderGroupHeaders), List.copyOf(requestHeaderExtraHeadersPrefixes));
    }

    private ApiserverOptions.Services services() {
        try {
            AddressRange.parse(serviceClusterIpRange);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--service-cluster-ip-range: " + wrong.getMessage(), wrong);
        }
        int dash = serviceNodePortRange.indexOf('-');
        try {
            int first = Integer.parseInt(serviceNodePortRange.substring(0, Math.max(dash, 0)));
            int last = Integer.parseInt(serviceNodePortRange.substring(dash + 1));
            require(first > 0 && first <= last && last <= 65535, "--service-node-port-range",
                    "must be FIRST-LAST, both between 1 and 65535");
            return new ApiserverOptions.Services(serviceClusterIpRange, first, last);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("--service-node-port-range: must be FIRST-LAST", wrong);
        }
    }

    private String prefix() {
        String slashed = etcdPrefix.startsWith("/") ? etcdPrefix : "/" + etcdPrefix;
        return slashed.endsWith("/") ? slashed.substring(0, slashed.length() - 1) : slashed;
    }

    private Map<String, List<URI>> overrides() {
        Map<String, List<URI>> result = new LinkedHashMap<>();
        for (String override : etcdServersOverrides) {
            int hash = override.indexOf('#');
            require(hash > 0 && override.indexOf('/') >= 0 && override.indexOf('/') < hash, "--etcd-servers-overrides",
                    "must be GROUP/RESOURCE#URL;URL: " + override);
            List<URI> servers = new ArrayList<>();
            for (String server : override.substring(hash + 1).split(";")) {
                servers.add(URI.create(server));
            }
            result.put(override.substring(0, hash), List.copyOf(servers));
        }
        return Map.copyOf(result);
    }

    static Map<String, Boolean> switches(String flag, List<String> pairs) {
        Map<String, Boolean> result = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String value = equals < 0 ? "true" : pair.substring(equals + 1);
            require(value.isEmpty() || value.equals("true") || value.equals("false"), flag,
                    "must be KEY=true or KEY=false: " + pair);
            result.put(equals < 0 ? pair : pair.substring(0, equals), !value.equals("false"));
        }
        return result;
    }

    private static InetAddress address(String flag, String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException notLiteral) {
            if (text.equals("localhost")) {
                try {
                    return InetAddress.getByName(text);
                } catch (UnknownHostException unknown) {
                    throw new IllegalArgumentException(flag + ": " + unknown.getMessage(), unknown);
                }
            }
            throw new IllegalArgumentException(flag + ": not an IP address: " + text, notLiteral);
        }
    }

    private static AuthorizationMode authorizationMode(String text) {
        for (AuthorizationMode mode : AuthorizationMode.values()) {
            if (mode.text().equals(text)) {
                return mode;
            }
        }
        throw new CommandLine.TypeConversionException(
                "'" + text + "' is not supported: AlwaysAllow, AlwaysDeny, Node and RBAC are");
    }

    private static void require(boolean condition, String flag, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(flag + ": " + rule);
        }
    }

    private static Duration duration(String text) {
        try {
            long nanos = GoDuration.parse(text);
            if (nanos >= 0) {
                return Duration.ofNanos(nanos);
            }
        } catch (IllegalArgumentException notOne) {
            // Said below, with an example.
        }
        throw new CommandLine.TypeConversionException("'" + text + "' is not a duration such as 1m30s");
    }
}
