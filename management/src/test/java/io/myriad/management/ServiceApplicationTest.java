package io.myriad.management;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class ServiceApplicationTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicReference<Health> health = new AtomicReference<>(Health.outOfService().build());
    private final int port = freePort();

    @Test
    void tellsHealthWhetherOrNotTheServiceRuns() throws Exception {
        try (PreparedService prepared = prepare(false)) {
            assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(events).isEmpty();

            prepared.start();
            health.set(Health.up().withDetail("leader", "me").build());

            assertThat(events).containsExactly("start");
            HttpResponse<String> answer = get("/actuator/health/readiness");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"status\":\"UP\",\"components\":{\"example\":{\"status\":\"UP\","
                    + "\"details\":{\"leader\":\"me\"}},\"readinessState\":{\"status\":\"UP\"}}}");
            assertThat(get("/actuator/health").body()).contains("\"livenessState\"", "\"groups\"");
            assertThat(get("/actuator/health/readiness/example").body()).contains("\"leader\":\"me\"");
            assertThat(get("/actuator/health/nobody").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void servesMetricsAndInfo() throws Exception {
        try (PreparedService prepared = prepare(false)) {
            prepared.start().getBean(MeterRegistry.class).counter("example").increment();

            HttpResponse<String> answer = get("/actuator/prometheus");
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
            assertThat(answer.body()).contains("example_total 1.0", "jvm_memory_used_bytes", "process_uptime_seconds");
            assertThat(get("/actuator/info").body()).isEqualTo("{\"role\":\"leader\"}");
            assertThat(get("/actuator").body()).contains("/actuator/health");
            assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void stopsTheServiceOnceAndTellsWhenTheContextIsClosed() {
        PreparedService prepared = prepare(false);
        ConfigurableApplicationContext context = prepared.start();
        prepared.onClosed(() -> events.add("closed"));

        context.close();
        prepared.close();

        assertThat(events).containsExactlyInAnyOrder("start", "stop", "closed");
    }

    @Test
    void stopsAServiceThatWasNeverStarted() {
        prepare(false).close();

        assertThat(events).containsExactly("stop");
    }

    @Test
    void closesWhatCannotBeStarted() {
        PreparedService prepared = prepare(true);

        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(prepared::start).withMessage("no such file");

        assertThat(events).containsExactly("start", "stop");
    }

    @Test
    void servesNothingWithoutAManagementPort() {
        try (PreparedService prepared = ServiceApplication.prepare("example", 0,
                context -> context.registerBean(Service.class, () -> service(false)))) {
            assertThat(prepared.start().getBean(MeterRegistry.class)).isNotNull();
        }
        assertThat(events).containsExactly("start", "stop");
    }

    private PreparedService prepare(boolean failing) {
        return ServiceApplication.prepare("example", port, context -> {
            context.registerBean(Service.class, () -> service(failing));
            context.registerBean("example", HealthIndicator.class, () -> health::get);
            context.registerBean(InfoContributor.class, () -> builder -> builder.withDetails(Map.of("role", "leader")));
        });
    }

    private Service service(boolean failing) {
        return new Service() {
            @Override
            public void start() throws IOException {
                events.add("start");
                if (failing) {
                    throw new IOException("no such file");
                }
            }

            @Override
            public void close() {
                events.add("stop");
            }
        };
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
