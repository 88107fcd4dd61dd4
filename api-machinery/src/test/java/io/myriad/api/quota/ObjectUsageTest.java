package io.myriad.api.quota;

import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.myriad.api.value.Quantity;

import static org.assertj.core.api.Assertions.assertThat;

class ObjectUsageTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static Map<String, String> shown(Map<String, Quantity> usage) {
        Map<String, String> result = new TreeMap<>();
        usage.forEach((name, amount) -> result.put(name, amount.toString()));
        return result;
    }

    @Test
    void aPodUsesItsContainersOrItsLargestStartWhicheverIsMore() {
        JsonNode spec = json("""
                {"initContainers": [
                   {"name": "side", "restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}}},
                   {"name": "once", "resources": {"requests": {"cpu": "1", "memory": "1Mi"}}}],
                 "containers": [{"name": "a", "resources": {"requests": {"cpu": "200m", "memory": "2Mi"}}},
                   {"name": "b", "resources": {"requests": {"cpu": "300m"}}}],
                 "overhead": {"cpu": "10m"}}""");
        assertThat(shown(PodResources.requests(spec))).isEqualTo(Map.of("cpu", "1110m", "memory", "2Mi"));
        assertThat(PodResources.limits(spec)).isEmpty();
    }

    @Test
    void whatThePodSaysForItselfReplacesTheSum() {
        JsonNode spec = json("""
                {"resources": {"requests": {"cpu": "3"}},
                 "containers": [{"name": "a", "resources": {"requests": {"cpu": "1", "example.com/gpu": "2"}}}]}""");
        assertThat(shown(PodResources.requests(spec))).isEqualTo(Map.of("cpu", "3", "example.com/gpu", "2"));
    }

    @Test
    void podsThatHaveEndedAreCountedAsObjectsOnly() {
        JsonNode pod = json(
                """
                        {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}]},
                         "status": {"phase": "Running"}}""");
        assertThat(shown(ObjectUsage.of("pods", pod))).isEqualTo(Map.of("count/pods", "1", "pods", "1", "cpu", "1",
                "requests.cpu", "1", "limits.cpu", "2"));
        JsonNode ended = json(pod.toString().replace("Running", "Succeeded"));
        assertThat(shown(ObjectUsage.of("pods", ended))).isEqualTo(Map.of("count/pods", "1"));
    }

    @Test
    void servicesAndClaimsAreMeasured() {
        assertThat(shown(ObjectUsage.of("services", json("""
                {"spec": {"type": "LoadBalancer", "ports": [{"port": 1}, {"port": 2}]}}"""))))
                .isEqualTo(Map.of("count/services", "1", "services", "1", "services.loadbalancers", "1",
                        "services.nodeports", "2"));
        assertThat(shown(ObjectUsage.of("persistentvolumeclaims", json("""
                {"spec": {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}}"""))))
                .containsEntry("requests.storage", "1Gi")
                .containsEntry("fast.storageclass.storage.k8s.io/requests.storage", "1Gi")
                .containsEntry("fast.storageclass.storage.k8s.io/persistentvolumeclaims", "1");
    }

    @Test
    void scopesAreAboutPods() {
        JsonNode deadline = json("""
                {"spec": {"activeDeadlineSeconds": 5, "priorityClassName": "high", "containers": [{"name": "a"}]}}""");
        assertThat(QuotaScopes.match(json("{\"scopes\": [\"Terminating\", \"BestEffort\"]}"), "pods", deadline))
                .isTrue();
        assertThat(QuotaScopes.match(json("{\"scopes\": [\"NotTerminating\"]}"), "pods", deadline)).isFalse();
        assertThat(QuotaScopes.match(json("{\"scopes\": [\"Terminating\"]}"), "services", deadline)).isFalse();
        JsonNode selector = json("""
                {"scopeSelector": {"matchExpressions": [
                  {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}}""");
        assertThat(QuotaScopes.match(selector, "pods", deadline)).isTrue();
        assertThat(QuotaScopes.match(json(selector.toString().replace("\"In\"", "\"NotIn\"")), "pods", deadline))
                .isFalse();
    }
}
