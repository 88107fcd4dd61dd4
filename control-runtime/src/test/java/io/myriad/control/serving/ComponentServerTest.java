package io.myriad.control.serving;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComponentServerTest {
    private final CertificateAuthority authority = CertificateAuthority.create("test", Clock.systemUTC());
    private final AtomicBoolean ready = new AtomicBoolean();
    private final MetricsReaders readers = new MetricsReaders((resource, review) -> {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("status").put("allowed", review.path("spec").path("user").asString().equals("prometheus"));
        return answer;
    }, System::nanoTime);

    private ComponentServer server(Path directory) throws IOException {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        authority.issueServer("localhost", List.of("127.0.0.1")).write(certificate, key);
        Path authorities = directory.resolve("ca.crt");
        Files.writeString(authorities, authority.credential().certificatePem());
        return ComponentServer.start(new Serving("127.0.0.1", 0, certificate, key, authorities),
                Map.of("informers", ready::get), () -> "a 1\n", readers);
    }

    private HttpResponse<String> get(ComponentServer server, String path) throws Exception {
        return get(server, path, null);
    }

    private HttpResponse<String> get(ComponentServer server, String path, @Nullable Credential client)
            throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.credential().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (client != null) {
            store.setKeyEntry("client", client.privateKey(), new char[0], new Certificate[]{client.certificate()});
        }
        keys.init(store, new char[0]);
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void saysWhetherAllIsWell(@TempDir Path directory) throws Exception {
        try (ComponentServer server = server(directory)) {
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
            assertThat(get(server, "/other").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void showsMetricsToWhomTheApiServerAllowsIt(@TempDir Path directory) throws Exception {
        try (ComponentServer server = server(directory)) {
            HttpResponse<String> metrics = get(server, "/metrics",
                    authority.issueClient("prometheus", List.of("system:monitoring")));
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body()).isEqualTo("a 1\n");
            assertThat(metrics.headers().firstValue("Content-Type")).hasValue(
                    "text/plain; version=0.0.4; charset=utf-8");
            assertThat(get(server, "/metrics", authority.issueClient("other", List.of())).statusCode())
                    .isEqualTo(403);
            assertThat(get(server, "/metrics").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aPortInUseIsNoticedAtOnce(@TempDir Path directory) throws Exception {
        try (ComponentServer server = server(directory)) {
            assertThatThrownBy(() -> ComponentServer.start(
                    new Serving("127.0.0.1", server.port(), null, null, null), Map.of(), () -> "", readers))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port());
        }
    }
}
