package io.myriad.certificates;

import java.net.InetAddress;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Both ends of a handshake show their key without a key store, of either kind and in both versions of TLS. */
final class SingleKeyManagerTest {
    private final CertificateAuthority authority = CertificateAuthority.create("test-ca", InstantSource.system());

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    @Timeout(30)
    void showsKeysOfBothKinds(String version) throws Exception {
        AtomicInteger made = new AtomicInteger();
        SSLContext server = context(SingleKeyManager.whenAsked(() -> {
            made.incrementAndGet();
            return CredentialChain.of(authority.issueServer("server", List.of("127.0.0.1")));
        }));
        try (SSLServerSocket listener = (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0, 2,
                InetAddress.getLoopbackAddress())) {
            listener.setNeedClientAuth(true);
            assertThat(made).hasValue(0);

            assertThat(handshake(listener, version, authority.issueClient("alice", List.of()))).isEqualTo("CN=alice");
            assertThat(handshake(listener, version, authority.issueUser(KeyPairs.generateRsa(), "bob", List.of())))
                    .isEqualTo("CN=bob");

            assertThat(made).hasValue(1);
        }
    }

    private String handshake(SSLServerSocket listener, String version, Credential own) throws Exception {
        SSLContext client = context(SingleKeyManager.of(CredentialChain.of(own)));
        CompletableFuture<String> user = CompletableFuture.supplyAsync(() -> TlsHandshakeTest.acceptOne(listener));
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1",
                listener.getLocalPort())) {
            socket.setEnabledProtocols(new String[]{version});
            socket.startHandshake();
            socket.getOutputStream().write(1);
            return user.get();
        }
    }

    private SSLContext context(SingleKeyManager key) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority.credential().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[]{key}, trust.getTrustManagers(), null);
        return context;
    }
}
