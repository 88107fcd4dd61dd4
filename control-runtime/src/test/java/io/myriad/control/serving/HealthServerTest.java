package io.myriad.control.serving;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.certificates.CertificateAuthority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HealthServerTest {
    private final CertificateAuthority authority = CertificateAuthority.create("test", Clock.systemUTC());
    private final AtomicBoolean ready = new AtomicBoolean();

    private HealthServer server(Path directory) throws IOException {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        authority.issueServer("localhost", List.of("127.0.0.1")).write(certificate, key);
        return HealthServer.start("127.0.0.1", 0, certificate, key, Map.of("informers", ready::get));
    }

    private HttpResponse<String> get(HealthServer server, String path) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.credential().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void saysWhetherAllIsWell(@TempDir Path directory) throws Exception {
        try (HealthServer server = server(directory)) {
            assertThat(get(server, "/livez").body()).isEqualTo("ok");
            HttpResponse<String> notYet = get(server, "/readyz");
            assertThat(notYet.statusCode()).isEqualTo(500);
            assertThat(notYet.body())
                    .isEqualTo("[-]informers failed: reason withheld\n[+]ping ok\nreadyz check failed\n");
            ready.set(true);
            assertThat(get(server, "/readyz").body()).isEqualTo("ok");
            assertThat(get(server, "/healthz?verbose").body())
                    .isEqualTo("[+]informers ok\n[+]ping ok\nhealthz check passed\n");
            assertThat(get(server, "/readyz/informers").body()).isEqualTo("ok");
            assertThat(get(server, "/readyz/other").statusCode()).isEqualTo(404);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPortInUseIsNoticedAtOnce(@TempDir Path directory) throws Exception {
        try (HealthServer server = server(directory)) {
            assertThatThrownBy(() -> HealthServer.start("127.0.0.1", server.port(), null, null, Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
        }
    }
}
