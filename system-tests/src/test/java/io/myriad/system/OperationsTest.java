package io.myriad.system;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** What whoever runs a cluster relies on: metrics under the names that the dashboards ask for, and a chart whose objects an API server takes. */
class OperationsTest {
    private static final String NAME = "operations";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Prometheus' own, and what only a store of several members has. */
    private static final Set<String> ELSEWHERE = Set.of("up", "etcd_network_peer_sent_bytes_total",
            "etcd_network_peer_received_bytes_total");
    /** What is there from the first failure on. */
    private static final Set<String> FAILURES = Set.of("apiserver_dropped_requests_total", "etcd_request_errors_total");
    private static final Map<String, String> COLLECTIONS = Map.ofEntries(
            Map.entry("ConfigMap", "/api/v1/namespaces/default/configmaps"),
            Map.entry("Service", "/api/v1/namespaces/default/services"),
            Map.entry("ServiceAccount", "/api/v1/namespaces/default/serviceaccounts"),
            Map.entry("StatefulSet", "/apis/apps/v1/namespaces/default/statefulsets"),
            Map.entry("Deployment", "/apis/apps/v1/namespaces/default/deployments"),
            Map.entry("Job", "/apis/batch/v1/namespaces/default/jobs"),
            Map.entry("PodDisruptionBudget", "/apis/policy/v1/namespaces/default/poddisruptionbudgets"),
            Map.entry("Role", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles"),
            Map.entry("RoleBinding", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"));

    @TempDir
    static Path home;
    private static MyriadCommand myriad;
    private static RunningSystem system;

    @BeforeAll
    static void create() throws Exception {
        myriad = new MyriadCommand(home);
        myriad.run("create", "cluster", "--name", NAME, "--nodes", "2", "--wait", "4m");
        system = new RunningSystem(myriad, NAME);
    }

    @AfterAll
    static void delete() throws Exception {
        myriad.call("delete", "cluster", "--name", NAME);
    }

    @Test
    void everyMetricOfTheDashboardsIsThere() throws Exception {
        try (KubernetesClient client = system.client()) {
            Workload.create(client);
        }
        Set<String> wanted = new TreeSet<>();
        for (Dashboards.Query query : Dashboards.queries()) {
            wanted.addAll(query.metrics());
        }
        wanted.removeAll(ELSEWHERE);
        wanted.removeAll(FAILURES);
        assertThat(wanted).hasSizeGreaterThan(50);
        Eventually.holds("every metric of the dashboards", PATIENCE, () -> {
            Set<String> missing = new TreeSet<>(wanted);
            missing.removeAll(system.sampleNames());
            if (!missing.isEmpty()) {
                throw new IllegalStateException("there is no " + missing);
            }
            return true;
        });
    }

    @Test
    void metricsAreForMonitoringAlone() throws Exception {
        for (Map.Entry<String, Integer> service : system.metricsPorts().entrySet()) {
            if (!service.getKey().startsWith("store")) {
                assertThat(system.get(service.getValue(), "ca.crt", "hollow-nodes", "/metrics").statusCode())
                        .as(service.getKey()).isEqualTo(403);
            }
        }
    }

    @Test
    void boundsAreWrittenAsGoWritesThem() throws Exception {
        for (Map.Entry<String, Integer> service : system.metricsPorts().entrySet()) {
            assertThat(system.metrics(service.getKey(), service.getValue())).as(service.getKey())
                    .doesNotContain("le=\"1.0\"", "le=\"10.0\"");
        }
        assertThat(system.metrics("apiserver", system.metricsPorts().get("apiserver"))).contains("le=\"1\"");
    }

    @Test
    void everyObjectOfTheChartIsAccepted() throws Exception {
        try (KubernetesClient client = system.client()) {
            assertThat(accepted(client)).contains("StatefulSet", "Deployment", "Job", "Role");
            assertThat(accepted(client, "store.replicas=1", "apiserver.replicas=1", "controller.replicas=1",
                    "scheduler.replicas=1", "dashboards.enabled=true", "apiserver.service.type=NodePort"))
                    .contains("ConfigMap");
        }
    }

    /** Creates what the chart renders, as a trial; any field that is unknown or wrong is refused. Returns the kinds. */
    private static Set<String> accepted(KubernetesClient client, String... values) throws Exception {
        TemplateCommand template = new Helm(chartWithoutHooks()).template().withName("trial").withNamespace("default");
        for (String value : values) {
            template.set(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
        }
        Set<String> kinds = new TreeSet<>();
        for (String document : template.call().split("(?m)^---$")) {
            Object object = new Yaml(new SafeConstructor(new LoaderOptions())).load(document);
            if (object == null) {
                continue;
            }
            JsonNode json = JsonMapper.shared().valueToTree(object);
            String kind = json.path("kind").asString();
            String collection = COLLECTIONS.get(kind);
            assertThat(collection).as("where a " + kind + " is created").isNotNull();
            String answer = client.raw(collection + "?dryRun=All&fieldValidation=Strict", "POST", json.toString());
            assertThat(JsonMapper.shared().readTree(answer).path("metadata").path("name").asString())
                    .isEqualTo(json.path("metadata").path("name").asString());
            kinds.add(kind);
        }
        return kinds;
    }

    /** Rendering leaves hooks out, and they are to be accepted too. */
    private static Path chartWithoutHooks() throws Exception {
        Path copy = Files.createTempDirectory(home, "chart");
        Path chart = MyriadCommand.checkout().resolve("helm").resolve("myriad");
        try (Stream<Path> files = Files.walk(chart, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(chart.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.writeString(target, Files.readString(file, StandardCharsets.UTF_8)
                        .replaceAll("(?m)^ *annotations: \\{helm\\.sh/hook: .*$", ""));
            }
        }
        return copy;
    }
}
