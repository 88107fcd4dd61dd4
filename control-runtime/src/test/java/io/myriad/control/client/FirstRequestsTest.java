package io.myriad.control.client;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.myriad.certificates.CertificateAuthority;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(30)
final class FirstRequestsTest {
    private static final int REQUESTS = 20;
    private final CertificateAuthority authority = CertificateAuthority.create("test", InstantSource.system());

    @Test
    void shareOneConnectionThoughAllAreSentBeforeThereIsOne() throws Exception {
        try (HttpTwoServer server = new HttpTwoServer(authority.issueServer("localhost", List.of("localhost")));
                ApiClient client = client(server.uri(), 1)) {
            List<CompletableFuture<ApiResponse>> answers = IntStream.range(0, REQUESTS)
                    .mapToObj(number -> client.sendAsync(ApiRequest.of("GET", "/api/" + number))).toList();

            answers.forEach(answer -> assertThat(answer.join().code()).isEqualTo(200));

            assertThat(server.connections()).isEqualTo(1);
            assertThat(server.requests()).as("and one that opened it").isEqualTo(REQUESTS + 1);
        }
    }

    @Test
    void shareAsManyConnectionsAsAreWanted() throws Exception {
        try (HttpTwoServer server = new HttpTwoServer(authority.issueServer("localhost", List.of("localhost")));
                ApiClient client = client(server.uri(), 3)) {
            List<CompletableFuture<ApiResponse>> answers = IntStream.range(0, REQUESTS)
                    .mapToObj(number -> client.sendAsync(ApiRequest.of("GET", "/api/" + number))).toList();

            answers.forEach(answer -> assertThat(answer.join().code()).isEqualTo(200));

            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void failWithTheirOwnReasonWhenThereIsNoServer() throws Exception {
        HttpTwoServer server = new HttpTwoServer(authority.issueServer("localhost", List.of("localhost")));
        server.close();
        try (ApiClient client = client(server.uri(), 1)) {
            assertThatExceptionOfType(TransportException.class)
                    .isThrownBy(() -> client.send(ApiRequest.of("GET", "/api")))
                    .withMessageContaining("localhost:" + server.uri().getPort());
        }
    }

    private ApiClient client(URI server, int connections) throws GeneralSecurityException {
        Credentials credentials = Credentials.of(authority.credential().certificatePem().getBytes(US_ASCII), null, null,
                () -> null);
        return ApiClient.create(new ClientOptions(List.of(server), credentials, "test", connections, 16, 90, 10_000, 0,
                180_000), new SimpleMeterRegistry());
    }
}
