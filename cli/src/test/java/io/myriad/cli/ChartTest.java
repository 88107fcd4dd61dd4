package io.myriad.cli;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The Helm chart, linted and rendered by Helm itself, which leaves hooks out: here, the job that makes the certificates. */
final class ChartTest {
    private static final Path CHART = Path.of(System.getProperty("basedir", ".")).resolve("../helm/myriad").normalize();

    @Test
    void passesTheLint() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    }

    @Test
    void rendersEveryService() {
        List<Map<String, Object>> objects = render();

        assertThat(names(objects)).containsExactlyInAnyOrder("Service test-myriad-store",
                "StatefulSet test-myriad-store",
                "PodDisruptionBudget test-myriad-store", "Service test-myriad-apiserver",
                "Deployment test-myriad-apiserver",
                "PodDisruptionBudget test-myriad-apiserver", "Deployment test-myriad-controller",
                "PodDisruptionBudget test-myriad-controller", "Deployment test-myriad-scheduler",
                "PodDisruptionBudget test-myriad-scheduler", "Deployment test-myriad-hollow-nodes",
                "ServiceAccount test-myriad-roles", "Role test-myriad-roles", "RoleBinding test-myriad-roles");
        assertThat(flags(objects, "StatefulSet")).contains(
                "--initial-cluster=test-myriad-store-0=https://test-myriad-store-0.test-myriad-store.default.svc:2380,"
                        + "test-myriad-store-1=https://test-myriad-store-1.test-myriad-store.default.svc:2380,"
                        + "test-myriad-store-2=https://test-myriad-store-2.test-myriad-store.default.svc:2380");
    }

    @Test
    void leavesOutWhatIsNotAskedFor() {
        assertThat(names(
                render("store.replicas=1", "apiserver.replicas=1", "controller.replicas=0", "scheduler.replicas=0",
                        "hollowNodes.nodes=0", "roleEvents.enabled=false", "store.persistence.enabled=false",
                        "fullnameOverride=m")))
                .containsExactlyInAnyOrder(
                        "Service m-store", "StatefulSet m-store", "Service m-apiserver", "Deployment m-apiserver");
    }

    @Test
    void givesContainersNoMoreThanTheyNeed() {
        for (Map<String, Object> pod : podSpecs(render())) {
            assertThat(map(pod, "securityContext")).containsEntry("runAsNonRoot", true);
            for (Map<String, Object> container : maps(pod, "containers")) {
                assertThat(map(container, "securityContext")).containsEntry("allowPrivilegeEscalation", false)
                        .containsEntry("readOnlyRootFilesystem", true);
                assertThat(map(container, "resources")).containsKeys("requests", "limits");
            }
        }
        Map<String, Object> scheduler = render().stream()
                .filter(object -> name(object).equals("Deployment test-myriad-scheduler"))
                .findFirst().orElseThrow();
        assertThat(podSpecs(List.of(scheduler)).getFirst().toString()).contains("scheduler.conf").doesNotContain(
                "ca.key", "admin",
                "sa.key");
    }

    @Test
    void mountsOnlyFilesThatAreMade() {
        String made = "ca.crt apiserver.crt apiserver.key apiserver-etcd-client.crt apiserver-etcd-client.key etcd/ca.crt etcd/server.crt "
                + "etcd/server.key etcd/peer.crt etcd/peer.key front-proxy-ca.crt front-proxy-client.crt front-proxy-client.key sa.key "
                + "sa.pub bootstrap-objects.jsonl component.crt component.key controller-manager.conf scheduler.conf hollow-nodes.conf";
        TreeSet<String> mounted = new TreeSet<>();
        for (Map<String, Object> pod : podSpecs(render())) {
            for (Map<String, Object> volume : maps(pod, "volumes")) {
                if (volume.containsKey("secret")) {
                    maps(map(volume, "secret"), "items").forEach(item -> {
                        assertThat(item.get("key")).isEqualTo(String.valueOf(item.get("path")).replace('/', '_'));
                        mounted.add(String.valueOf(item.get("path")));
                    });
                }
            }
        }
        assertThat(mounted).isEqualTo(new TreeSet<>(List.of(made.split(" "))));
    }

    @Test
    void bringsTheDashboards() {
        Map<String, Object> dashboards = render("dashboards.enabled=true").stream()
                .filter(object -> name(object).equals("ConfigMap test-myriad-dashboards")).findFirst().orElseThrow();
        assertThat(map(dashboards, "data")).containsKeys("overview.json", "apiserver.json", "store.json");
    }

    @Test
    void refusesValuesThatItDoesNotKnow() {
        assertThatThrownBy(() -> render("store.replica=3")).hasMessageContaining("replica");
        assertThatThrownBy(() -> render("store.replicas=2")).hasMessageContaining("store");
        assertThatThrownBy(() -> render("extra=1")).hasMessageContaining("extra");
    }

    private static List<Map<String, Object>> render(String... values) {
        TemplateCommand template = new Helm(CHART).template().withName("test").withNamespace("default");
        for (String value : values) {
            template.set(value.substring(0, value.indexOf('=')), value.substring(value.indexOf('=') + 1));
        }
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(new StringReader(template.call()))) {
            if (document instanceof Map<?, ?> object) {
                objects.add(map(object));
            }
        }
        return objects;
    }

    private static List<Map<String, Object>> podSpecs(List<Map<String, Object>> objects) {
        return objects.stream().filter(object -> map(object, "spec").get("template") instanceof Map)
                .map(object -> map(map(map(object, "spec"), "template"), "spec")).toList();
    }

    private static List<String> flags(List<Map<String, Object>> objects, String kind) {
        Map<String, Object> object = objects.stream().filter(each -> each.get("kind").equals(kind)).findFirst()
                .orElseThrow();
        Object flags = maps(podSpecs(List.of(object)).getFirst(), "containers").getFirst().get("args");
        return Stream.of(flags).flatMap(list -> ((List<?>) list).stream()).map(String::valueOf).toList();
    }

    private static TreeSet<String> names(List<Map<String, Object>> objects) {
        return objects.stream().map(ChartTest::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Map<String, Object> object) {
        return object.get("kind") + " " + map(object, "metadata").get("name");
    }

    private static Map<String, Object> map(Map<String, Object> object, String key) {
        return object.get(key) instanceof Map<?, ?> value ? map(value) : Map.of();
    }

    private static Map<String, Object> map(Map<?, ?> value) {
        return value.entrySet().stream().filter(entry -> entry.getValue() != null)
                .collect(Collectors.toMap(entry -> String.valueOf(entry.getKey()), Map.Entry::getValue));
    }

    private static List<Map<String, Object>> maps(Map<String, Object> object, String key) {
        return object.get(key) instanceof List<?> list
                ? list.stream().map(item -> map((Map<?, ?>) item)).toList()
                : List.of();
    }
}
