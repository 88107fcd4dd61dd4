package io.myriad.system;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Every query of the dashboards, evaluated by a real Prometheus that scrapes a running cluster: each must return data. */
@Tag("peers")
class PrometheusTest {
    private static final String NAME = "prometheus";
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration ASKING = Duration.ofSeconds(10);
    /** Holds several scrapes. */
    private static final String RATE_INTERVAL = "30s";
    /** A percentile of what has not happened in the last half minute is no number; that the metric is there, the other test sees. */
    private static final Set<String> QUIET = Set.of("Wait for a consistent read");

    @TempDir
    static Path home;
    private static MyriadCommand myriad;
    private static RunningSystem system;
    private static Process prometheus;
    private static int port;

    @BeforeAll
    static void create() throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(
                directory -> Files.isExecutable(Path.of(directory, "prometheus"))),
                "skipped: there is no prometheus on the PATH; Debian has it as a package of that name");
        myriad = new MyriadCommand(home);
        myriad.run("create", "cluster", "--name", NAME, "--nodes", "2", "--stores", "3", "--wait", "8m");
        system = new RunningSystem(myriad, NAME);
        port = freePort();
        Path settings = Files.writeString(home.resolve("prometheus.yml"), settings());
        ProcessBuilder builder = new ProcessBuilder("prometheus", "--config.file=" + settings,
                "--storage.tsdb.path=" + home.resolve("tsdb"), "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true).redirectOutput(home.resolve("prometheus.log").toFile());
        builder.environment().put("GOMEMLIMIT", "512MiB");
        prometheus = builder.start();
    }

    @AfterAll
    static void delete() throws Exception {
        if (prometheus != null) {
            prometheus.destroy();
            if (!prometheus.waitFor(ASKING.toSeconds(), TimeUnit.SECONDS)) {
                prometheus.destroyForcibly();
            }
        }
        if (myriad != null) {
            myriad.call("delete", "cluster", "--name", NAME);
        }
    }

    @Test
    void everyQueryReturnsData() throws Exception {
        try (KubernetesClient client = system.client(); HttpClient http = HttpClient.newHttpClient()) {
            Workload.create(client);
            int[] round = new int[1];
            Eventually.holds("data for every query", PATIENCE, () -> {
                // Rates need something that goes on.
                client.apps().deployments().inNamespace("default").withName("web").scale(4 + round[0]++ % 3);
                Set<String> empty = new TreeSet<>();
                for (Dashboards.Query query : Dashboards.queries()) {
                    if (!QUIET.contains(query.panel()) && !hasData(http, query)) {
                        empty.add(query.toString());
                    }
                }
                if (!empty.isEmpty()) {
                    throw new IllegalStateException("no data for " + empty);
                }
                return true;
            });
            assertThat(Dashboards.queries()).hasSizeGreaterThan(100);
        }
    }

    private static boolean hasData(HttpClient http, Dashboards.Query query) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + "/api/v1/query?query="
                + URLEncoder.encode(query.filled(RATE_INTERVAL), StandardCharsets.UTF_8))).timeout(ASKING).build(),
                HttpResponse.BodyHandlers.ofString());
        JsonNode body = JsonMapper.shared().readTree(answer.body());
        if (!body.path("status").asString().equals("success")) {
            throw new AssertionError(query + ": " + answer.body());
        }
        for (JsonNode sample : body.path("data").path("result")) {
            if (!sample.path("value").get(1).asString().equals("NaN")) {
                return true;
            }
        }
        return false;
    }

    /** A job per kind of service, as observability/prometheus.yml has them. */
    private static String settings() throws Exception {
        StringBuilder text = new StringBuilder("global: {scrape_interval: 2s}\nrule_files: ["
                + MyriadCommand.checkout().resolve("observability").resolve("rules.yml") + "]\nscrape_configs:\n");
        for (String job : List.of("store", "apiserver", "controller", "scheduler", "hollow-nodes")) {
            boolean store = job.equals("store");
            List<String> targets = system.metricsPorts().entrySet().stream()
                    .filter(service -> service.getKey().matches(job + "(-\\d+)?")).map(Map.Entry::getValue)
                    .map(service -> "127.0.0.1:" + service).toList();
            text.append("""
                      - job_name: %s
                        scheme: https
                        tls_config: {ca_file: %s, cert_file: %s.crt, key_file: %s.key}
                        static_configs: [{targets: [%s]}]
                    """.formatted(job, system.pki().resolve(store ? "etcd/ca.crt" : "ca.crt"),
                    system.pki().resolve(store ? "apiserver-etcd-client" : "monitoring"),
                    system.pki().resolve(store ? "apiserver-etcd-client" : "monitoring"),
                    String.join(", ", targets)));
        }
        return text.toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
