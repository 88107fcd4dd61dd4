package io.myriad.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;

import io.myriad.certificates.CredentialChain;

/** TLS contexts from PEM files. */
final class TlsContexts {

    /** gRPC clients offer HTTP/2 alone; who offers both, as a browser or curl, wants a page. */
    private static final ApplicationProtocolConfig PROTOCOLS = new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_1_1, ApplicationProtocolNames.HTTP_2);

    /** Of the store that Netty keeps keys in, in memory only; the usual type takes longer to encrypt them than a handshake. */
    private static final String KEY_STORE_TYPE = "JKS";

    private TlsContexts() {}

    /** What a gRPC server needs. */
    static SslContext server(StoreOptions.TlsFiles files, TlsRules rules) throws IOException {
        return build(files, rules, true,
                builder -> GrpcSslContexts.configure(builder).applicationProtocolConfig(PROTOCOLS));
    }

    /** What a member needs to accept other members. */
    static SslContext peerServer(StoreOptions.TlsFiles files, TlsRules rules) throws IOException {
        return build(files, rules, true, builder -> builder);
    }

    /** What a member needs to connect to other members; it shows its own certificate. */
    static SslContext peerClient(StoreOptions.TlsFiles files, TlsRules rules) throws IOException {
        return build(files, rules, false, builder -> builder.endpointIdentificationAlgorithm("HTTPS"));
    }

    private static SslContext build(StoreOptions.TlsFiles files, TlsRules rules, boolean server,
            UnaryOperator<SslContextBuilder> more)
            throws IOException {
        Path certificate = java.util.Objects.requireNonNull(files.certificate());
        Path key = java.util.Objects.requireNonNull(files.key());
        requireReadable(certificate);
        requireReadable(key);
        try {
            CredentialChain own = CredentialChain.read(certificate, key);
            SslContextBuilder builder = (server
                    ? SslContextBuilder.forServer(own.privateKey(), own.chain())
                    : SslContextBuilder.forClient().keyManager(own.privateKey(), own.chain()))
                    .keyStoreType(KEY_STORE_TYPE);
            Path authorities = files.trustedAuthorities();
            if (authorities != null) {
                requireReadable(authorities);
                builder.trustManager(authorities.toFile());
            }
            if (server && authorities != null) {
                builder.clientAuth(files.clientCertificates() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
            }
            SslContextBuilder complete = more.apply(builder).protocols(rules.protocols());
            if (!rules.ciphers().isEmpty()) {
                complete.ciphers(rules.ciphers());
            }
            return complete.build();
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("certificate " + certificate + " and key " + key + " cannot be used: " + reasonOf(e));
        }
    }

    private static String reasonOf(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getClass().getSimpleName()
                + (cause.getMessage() == null ? "" : ": " + cause.getMessage().lines().findFirst().orElse(""));
    }

    private static void requireReadable(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + " cannot be read");
        }
    }
}
