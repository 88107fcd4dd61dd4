package io.myriad.cli.api;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

final class SecretFilesTest {
    @TempDir
    private Path directory;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String secret = "";
    private HttpsServer server = open();
    private Path pod = Path.of("");

    @BeforeEach
    void startServer() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create("ca", InstantSource.system());
        pod = Files.createDirectory(directory.resolve("pod"));
        Files.writeString(pod.resolve("ca.crt"), authority.credential().certificatePem());
        Files.writeString(pod.resolve("token"), "abc\n");
        server.setHttpsConfigurator(
                new HttpsConfigurator(tls(authority.issueServer("kubernetes", List.of("127.0.0.1")))));
        server.createContext("/api/v1/namespaces/ns/secrets", this::handle);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void keepsADirectoryInASecret() throws Exception {
        Path first = Files.createDirectories(directory.resolve("first/etcd")).getParent();
        assertThat(first).isNotNull();
        Files.writeString(first.resolve("ca.crt"), "certificate");
        Files.writeString(first.resolve("etcd/ca.crt"), "other");
        SecretFiles files = files();
        files.download(first);
        files.upload(first);

        Path second = Files.createDirectory(directory.resolve("second"));
        SecretFiles again = files();
        again.download(second);
        assertThat(second.resolve("ca.crt")).hasContent("certificate");
        assertThat(second.resolve("etcd/ca.crt")).hasContent("other");
        Files.writeString(second.resolve("new"), "x");
        again.upload(second);

        assertThat(requests).containsExactly("GET /pki Bearer abc", "POST  Bearer abc", "GET /pki Bearer abc",
                "PUT /pki Bearer abc");
        assertThat(secret).contains("\"etcd_ca.crt\"", "\"new\"", "\"resourceVersion\": \"7\"");
    }

    @Test
    void writesNothingOutsideTheDirectory() throws Exception {
        secret = "{\"metadata\":{\"resourceVersion\":\"1\"},\"data\":{\".._evil\":\"QQ==\"}}";
        Path target = Files.createDirectory(directory.resolve("target"));

        assertThatIOException().isThrownBy(() -> files().download(target)).withMessageContaining(".._evil");
        assertThat(directory.resolve("evil")).doesNotExist();
    }

    private SecretFiles files() throws IOException {
        return new SecretFiles(ApiClient.ofPod("https://127.0.0.1:" + server.getAddress().getPort(), pod), "ns", "pki");
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/api/v1/namespaces/ns/secrets".length());
        requests.add(exchange.getRequestMethod() + " " + path + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        int code = switch (exchange.getRequestMethod()) {
            case "GET" -> secret.isEmpty() ? 404 : 200;
            case "POST" -> 201;
            default -> 200;
        };
        if (!body.isEmpty()) {
            secret = body.replace("\"metadata\": {", "\"metadata\": {\"resourceVersion\": \"7\",");
        }
        byte[] answer = (code == 404 ? "{}" : secret).getBytes(UTF_8);
        exchange.sendResponseHeaders(code, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static HttpsServer open() {
        try {
            return HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext tls(Credential credential) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", credential.privateKey(), new char[0], new X509Certificate[]{credential.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
