package io.myriad.controller.resourcequota;

import java.util.Set;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class UsageTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void aQuotaSaysWhatIsToBeCounted() {
        assertThat(Usage.counted(
                json("""
                        {"hard": {"requests.cpu": "1", "pods": "2", "services.nodeports": "0", "count/deployments.apps": "3",
                          "requests.storage": "1Gi", "secrets": "9", "fast.storageclass.storage.k8s.io/requests.storage": "1"}}""")))
                .isEqualTo(Set.of("pods", "services", "deployments.apps", "persistentvolumeclaims", "secrets"));
    }

    @Test
    void whatIsNotThereIsUsedByNobody() {
        Usage usage = new Usage(json("""
                {"hard": {"requests.cpu": "1", "pods": "2", "configmaps": "5"}, "scopes": ["NotTerminating"]}"""));
        usage.add("pods", json("""
                {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "250m"}}}]}}"""));
        usage.add("pods", json("""
                {"spec": {"containers": [{"name": "a", "resources": {"requests": {"cpu": "250m"}}}]}}"""));
        usage.add("pods", json("""
                {"spec": {"activeDeadlineSeconds": 5, "containers": [{"name": "a"}]}}"""));
        assertThat(usage.status()).isEqualTo(json("""
                {"hard": {"requests.cpu": "1", "pods": "2", "configmaps": "5"},
                 "used": {"requests.cpu": "500m", "pods": "2", "configmaps": "0"}}"""));
    }

    @Test
    void amountsAreComparedNotTexts() {
        Usage usage = new Usage(json("{\"hard\": {\"cpu\": \"1\"}}"));
        assertThat(Usage.same(json("{\"hard\": {\"cpu\": \"1000m\"}, \"used\": {\"cpu\": \"0\"}}"), usage.status()))
                .isTrue();
        assertThat(Usage.same(json("{}"), usage.status())).isFalse();
    }
}
