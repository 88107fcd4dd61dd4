package io.myriad.apiserver;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the API server's flags say, checked and with defaults filled in. {@link ApiserverFlags} reads it from a command
 * line; names and meanings are kube-apiserver's.
 *
 * @param store how to reach the store
 * @param serving the listening socket and its limits
 * @param authentication how users are told apart
 * @param authorization which authorizers are asked, in order
 * @param admission which admission plugins run
 * @param services what Services may have
 * @param api what the API offers
 * @param logging how much is logged
 * @param managementPort the loopback port of health and metrics over plain HTTP, 0 for none
 */
public record ApiserverOptions(Store store, Serving serving, Authentication authentication,
        List<AuthorizationMode> authorization, Admission admission, Services services, Api api, Logging logging,
        int managementPort) {

    /**
     * @param servers the store's client URLs
     * @param overrides stores of single resources: {@code group/resource} to URLs
     * @param caFile trusts the store's certificate, or null
     * @param certFile presented to the store, or null
     * @param keyFile the key of {@code certFile}, or null
     * @param prefix of all keys
     */
    public record Store(List<URI> servers, Map<String, List<URI>> overrides, @Nullable Path caFile,
            @Nullable Path certFile, @Nullable Path keyFile, String prefix) {}

    /**
     * @param bindAddress what to listen on
     * @param securePort the port, 0 for any free one
     * @param advertiseAddress where the rest of the cluster reaches this server
     * @param certFile the server's certificate chain, or null to make one
     * @param keyFile the key of {@code certFile}, or null
     * @param certDirectory where a certificate made here is kept
     * @param maxRequestsInFlight reading requests served at the same time
     * @param maxMutatingRequestsInFlight writing requests served at the same time
     * @param requestTimeout how long a request that is no watch may take
     * @param minRequestTimeout the shortest duration of a watch whose client names none; the longest is twice that
     * @param goAwayChance how likely a request makes the server ask its HTTP/2 client to connect again
     * @param maxStreams concurrent streams of an HTTP/2 connection
     * @param shutdownDelay how long requests are served after readiness ended
     */
    public record Serving(InetAddress bindAddress, int securePort, InetAddress advertiseAddress,
            @Nullable Path certFile, @Nullable Path keyFile, Path certDirectory, int maxRequestsInFlight,
            int maxMutatingRequestsInFlight, Duration requestTimeout, Duration minRequestTimeout, double goAwayChance,
            int maxStreams, Duration shutdownDelay) {}

    /**
     * @param anonymous whether requests without credentials get the anonymous user rather than 401
     * @param clientCaFile authorities of client certificates, or null
     * @param tokenFile static tokens, or null
     * @param issuers issuers of service account tokens, the first one signs
     * @param verificationKeyFiles keys that verify service account tokens
     * @param signingKeyFile the key that signs service account tokens, or null
     * @param audiences what tokens must be meant for
     * @param jwksUri where the key set is published, or null for this server
     * @param maxTokenLifetime the longest validity of a token issued here, zero for no limit
     * @param extendTokens whether projected tokens are issued for a year so that old clients survive
     * @param frontProxy the trusted proxy that names users in headers, or null
     * @param proxyClientCertFile presented to extension API servers, or null
     * @param proxyClientKeyFile the key of {@code proxyClientCertFile}, or null
     */
    public record Authentication(boolean anonymous, @Nullable Path clientCaFile, @Nullable Path tokenFile,
            List<String> issuers, List<Path> verificationKeyFiles, @Nullable Path signingKeyFile,
            List<String> audiences, @Nullable String jwksUri, Duration maxTokenLifetime, boolean extendTokens,
            @Nullable FrontProxy frontProxy, @Nullable Path proxyClientCertFile, @Nullable Path proxyClientKeyFile) {}

    /**
     * @param clientCaFile authorities of the proxy's certificate
     * @param allowedNames common names of its certificate, empty for any
     * @param userHeaders headers with the user's name, the first that is there counts
     * @param uidHeaders headers with the user's uid
     * @param groupHeaders headers with groups
     * @param extraPrefixes prefixes of headers with further facts
     */
    public record FrontProxy(Path clientCaFile, List<String> allowedNames, List<String> userHeaders,
            List<String> uidHeaders, List<String> groupHeaders, List<String> extraPrefixes) {}

    /** Authorizers. */
    public enum AuthorizationMode {
        /** Permits everything. */
        ALWAYS_ALLOW("AlwaysAllow"),
        /** Refuses everything. */
        ALWAYS_DENY("AlwaysDeny"),
        /** Permits kubelets what concerns their own node. */
        NODE("Node"),
        /** Roles and bindings. */
        RBAC("RBAC");

        private final String text;

        AuthorizationMode(String text) {
            this.text = text;
        }

        /** The name as the flag has it. */
        public String text() {
            return text;
        }
    }

    /**
     * @param enabled plugins on top of the default ones
     * @param disabled default plugins that do not run
     */
    public record Admission(List<String> enabled, List<String> disabled) {}

    /**
     * @param clusterIpRange the range of cluster IPs in CIDR notation
     * @param firstNodePort the lowest node port
     * @param lastNodePort the highest node port
     */
    public record Services(String clusterIpRange, int firstNodePort, int lastNodePort) {}

    /** How the {@code kubernetes} Service learns of this server. */
    public enum EndpointReconciler {
        /** Each server renews a lease and the endpoints are the servers with a live one. */
        LEASE,
        /** The endpoints are left alone. */
        NONE
    }

    /**
     * @param allowPrivileged whether containers may be privileged
     * @param eventTtl how long Events are kept
     * @param runtimeConfig group versions and resources switched on or off
     * @param endpointReconciler how the {@code kubernetes} Service learns of this server
     * @param bootstrapObjectsFile objects of this installation that are made at the first start, or null
     */
    public record Api(boolean allowPrivileged, Duration eventTtl, Map<String, Boolean> runtimeConfig,
            EndpointReconciler endpointReconciler, @Nullable Path bootstrapObjectsFile) {}

    /** Log formats. */
    public enum LogFormat {
        /** A line for people. */
        TEXT,
        /** A JSON object a line. */
        JSON
    }

    /**
     * @param verbosity 0 for events that matter; from 4 each failed request, from 6 each request
     * @param format how lines look
     */
    public record Logging(int verbosity, LogFormat format) {}
}
