package io.myriad.apiserver.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

import io.myriad.certificates.CredentialChain;

/**
 * The server's side of TLS: BoringSSL where its library loads, the JDK's engine elsewhere. A client certificate is asked
 * for and taken whoever issued it, because a bad one must end in 401 and not in a broken handshake; whoever uses the
 * chain verifies it.
 */
public final class ServerTls {
    /** AES-128 first: AES-256 doubles the cost of a large LIST. */
    private static final List<String> CIPHERS = List.of("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** Of the store that Netty keeps keys in, in memory only; the usual type takes longer to encrypt them than a handshake. */
    private static final String KEY_STORE_TYPE = "JKS";

    private ServerTls() {}

    /** A context from PEM files; {@code clientAuthorities} are named to clients so that they pick the right certificate. */
    public static SslContext fromFiles(Path certificateChain, Path key, List<X509Certificate> clientAuthorities)
            throws IOException {
        CredentialChain own = CredentialChain.read(certificateChain, key);
        return from(own.privateKey(), own.chain(), clientAuthorities);
    }

    /** A context from a key and its chain. */
    public static SslContext from(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities)
            throws SSLException {
        return complete(SslContextBuilder.forServer(key, chain).keyStoreType(KEY_STORE_TYPE), clientAuthorities);
    }

    private static SslContext complete(SslContextBuilder builder, List<X509Certificate> clientAuthorities)
            throws SSLException {
        SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
        return builder.sslProvider(provider).protocols("TLSv1.3", "TLSv1.2")
                .ciphers(CIPHERS, io.netty.handler.ssl.SupportedCipherSuiteFilter.INSTANCE)
                .clientAuth(ClientAuth.OPTIONAL).trustManager(new TakesAny(clientAuthorities))
                .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    /** Takes every client certificate; the handshake still proves that the client has its key. */
    private static final class TakesAny extends X509ExtendedTrustManager {
        private final X509Certificate[] authorities;

        TakesAny(List<X509Certificate> authorities) {
            this.authorities = authorities.toArray(X509Certificate[]::new);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() { return authorities.clone(); }
    }
}
