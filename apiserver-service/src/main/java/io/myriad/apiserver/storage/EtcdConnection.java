package io.myriad.apiserver.storage;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;

import io.myriad.certificates.CredentialChain;

/**
 * How to reach the store: {@code --etcd-servers}, {@code --etcd-cafile}, {@code --etcd-certfile},
 * {@code --etcd-keyfile}.
 *
 * @param endpoints the members' client URLs, all {@code http} or all {@code https}, at least one; or a single
 *     {@code in-process://HOST:PORT}, the store in this very JVM that listens there
 * @param caFile certificates to trust, PEM; null for the JVM's
 * @param certificateFile the client's certificate chain, PEM, or null
 * @param keyFile its private key, PEM, or null
 * @param requestTimeoutMillis how long a request may take, waiting for a connection included
 */
public record EtcdConnection(List<URI> endpoints, @Nullable Path caFile, @Nullable Path certificateFile,
        @Nullable Path keyFile, long requestTimeoutMillis) {
    /** The request timeout without an other one. */
    public static final long DEFAULT_REQUEST_TIMEOUT_MILLIS = 10_000;

    /** The largest answer, a page of a range. */
    static final int MAX_MESSAGE_BYTES = 512 << 20;

    /** Of the store that Netty keeps keys in, in memory only; the usual type takes longer to encrypt them than a handshake. */
    private static final String KEY_STORE_TYPE = "JKS";
    private static final int DEFAULT_PORT = 2379;
    private static final String IN_PROCESS = "in-process";
    private static final int KEEP_ALIVE_SECONDS = 30;
    private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;

    public EtcdConnection {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no store endpoint is given");
        }
        for (URI endpoint : endpoints) {
            boolean alone = IN_PROCESS.equals(endpoint.getScheme()) && endpoints.size() == 1;
            if (endpoint.getHost() == null || !isSecure(endpoint) && !"http".equals(endpoint.getScheme()) && !alone) {
                throw new IllegalArgumentException("not a store endpoint: " + endpoint);
            }
            if (isSecure(endpoint) != isSecure(endpoints.getFirst())) {
                throw new IllegalArgumentException("store endpoints mix http and https");
            }
        }
        if ((certificateFile == null) != (keyFile == null)) {
            throw new IllegalArgumentException("a client certificate needs its key, and a key its certificate");
        }
    }

    /** A connection without TLS and with the default timeout. */
    public static EtcdConnection plain(URI... endpoints) {
        return new EtcdConnection(List.of(endpoints), null, null, null, DEFAULT_REQUEST_TIMEOUT_MILLIS);
    }

    private static boolean isSecure(URI endpoint) {
        return "https".equals(endpoint.getScheme());
    }

    /** Opens a channel over all endpoints. It connects when it is first used, and again whenever it must. */
    ManagedChannel open() throws IOException {
        if (IN_PROCESS.equals(endpoints.getFirst().getScheme())) {
            return InProcessChannelBuilder.forName(endpoints.getFirst().getAuthority()).directExecutor()
                    .maxInboundMessageSize(MAX_MESSAGE_BYTES).build();
        }
        return openSockets();
    }

    @SuppressWarnings("deprecation") // A resolver for one channel, instead of one registered for the whole JVM.
    private ManagedChannel openSockets() throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("etcd:///store")
                .nameResolverFactory(new Endpoints(endpoints))
                .defaultLoadBalancingPolicy("round_robin")
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (!isSecure(endpoints.getFirst())) {
            return builder.usePlaintext().build();
        }
        SslContextBuilder tls = GrpcSslContexts.forClient();
        if (caFile != null) {
            tls.trustManager(readable(caFile));
        }
        if (certificateFile != null && keyFile != null) {
            CredentialChain own = CredentialChain.read(certificateFile, keyFile);
            tls.keyManager(own.privateKey(), own.chain()).keyStoreType(KEY_STORE_TYPE);
        }
        return builder.sslContext(tls.build()).build();
    }

    private static File readable(Path path) throws IOException {
        File file = path.toFile();
        if (!file.canRead()) {
            throw new IOException("cannot read " + path);
        }
        return file;
    }

    /** Resolves to the fixed list of endpoints; host names are looked up anew at each resolution. */
    private static final class Endpoints extends NameResolver.Factory {
        private final List<URI> endpoints;

        Endpoints(List<URI> endpoints) {
            this.endpoints = endpoints;
        }

        @Override
        public String getDefaultScheme() { return "etcd"; }

        @Override
        public NameResolver newNameResolver(URI target, NameResolver.Args args) {
            return new NameResolver() {
                @Override
                public String getServiceAuthority() { return endpoints.getFirst().getHost(); }

                @Override
                public void start(Listener2 listener) {
                    listener.onResult2(ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(groups()))
                            .build());
                }

                @Override
                public void shutdown() {}
            };
        }

        private List<EquivalentAddressGroup> groups() {
            List<EquivalentAddressGroup> groups = new ArrayList<>(endpoints.size());
            for (URI endpoint : endpoints) {
                int port = endpoint.getPort() < 0 ? DEFAULT_PORT : endpoint.getPort();
                Attributes attributes = Attributes.newBuilder()
                        .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, endpoint.getHost() + ":" + port).build();
                groups.add(new EquivalentAddressGroup(new InetSocketAddress(endpoint.getHost(), port), attributes));
            }
            return groups;
        }
    }
}
