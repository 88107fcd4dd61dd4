package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResourceQuotaTest {
    private final Objects quotas = new Objects("resourcequotas", "ResourceQuota");
    private final List<Followed<?>> started = new ArrayList<>();
    private final ResourceQuota plugin = plugin();

    /** A server's plugin; several share the stored quotas. */
    private ResourceQuota plugin() {
        QuotaCounter counter = new QuotaCounter(quotas.storage(), Objects::read, Objects::bytes);
        Followed<QuotaCounter.Counted> followed = new Followed<>("resourcequotas", quotas.storage(),
                (namespace, name) -> namespace, counter::seen);
        started.add(followed);
        return new ResourceQuota(followed, counter);
    }

    @AfterEach
    void stop() {
        started.forEach(Followed::close);
    }

    private void quota(String name, String spec, String hard, String used) {
        quotas.create("team", name, "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"team\"},\"spec\":" + spec
                + ",\"status\":{\"hard\":" + hard + ",\"used\":" + used + "}}");
    }

    private static ObjectNode pod(String resources) {
        return Objects.json("{\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":" + resources + "}]}}");
    }

    private static void create(ResourceQuota server, String resource, ObjectNode object) {
        server.validate(Objects.Write.create(resource, "x", object).attributes());
    }

    private String used(String quota, String name) {
        return quotas.stored("team", quota).path("status").path("used").path(name).asString("");
    }

    @Test
    void whatIsLetThroughIsCountedAndWhatExceedsIsRefused() {
        quota("q", "{}", "{\"pods\":\"2\",\"requests.cpu\":\"1\"}", "{\"pods\":\"0\",\"requests.cpu\":\"0\"}");
        started.forEach(Followed::start);
        create(plugin, "pods", pod("{\"requests\":{\"cpu\":\"600m\"}}"));
        assertThat(used("q", "requests.cpu")).isEqualTo("600m");
        assertThat(used("q", "pods")).isEqualTo("1");
        assertThatThrownBy(() -> create(plugin, "pods", pod("{\"requests\":{\"cpu\":\"600m\"}}"))).hasMessageContaining(
                "exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1");
        assertThat(used("q", "pods")).isEqualTo("1");
    }

    @Test
    void whatAQuotaLimitsMustBeNamed() {
        quota("q", "{}", "{\"limits.memory\":\"1Gi\"}", "{\"limits.memory\":\"0\"}");
        started.forEach(Followed::start);
        assertThatThrownBy(() -> create(plugin, "pods", pod("{}")))
                .hasMessageContaining("failed quota: q: must specify limits.memory for: c");
    }

    @Test
    void aRefusalByOneQuotaCostsTheOthersNothing() {
        quota("a", "{}", "{\"configmaps\":\"5\"}", "{\"configmaps\":\"0\"}");
        quota("b", "{}", "{\"count/configmaps\":\"0\"}", "{\"count/configmaps\":\"0\"}");
        started.forEach(Followed::start);
        assertThatThrownBy(() -> create(plugin, "configmaps", Objects.json("{}")))
                .hasMessageContaining("exceeded quota: b");
        assertThat(used("a", "configmaps")).isEqualTo("0");
    }

    @Test
    void dryRunsAreCheckedAndNotCounted() {
        quota("q", "{}", "{\"configmaps\":\"1\"}", "{\"configmaps\":\"0\"}");
        started.forEach(Followed::start);
        plugin.validate(Objects.Write.of(AdmissionPlugin.Operation.CREATE, "configmaps", "x", Objects.json("{}"), null,
                true).attributes());
        assertThat(used("q", "configmaps")).isEqualTo("0");
        create(plugin, "configmaps", Objects.json("{}"));
        assertThatThrownBy(() -> plugin.validate(Objects.Write.of(AdmissionPlugin.Operation.CREATE, "configmaps", "x",
                Objects.json("{}"), null, true).attributes())).isInstanceOf(StatusException.class);
    }

    @Test
    void scopesChoosePods() {
        quota("q", "{\"scopes\":[\"BestEffort\"]}", "{\"pods\":\"0\"}", "{\"pods\":\"0\"}");
        started.forEach(Followed::start);
        create(plugin, "pods", pod("{\"requests\":{\"cpu\":\"1\"}}"));
        assertThatThrownBy(() -> create(plugin, "pods", pod("{}"))).hasMessageContaining("exceeded quota: q");
    }

    @Test
    void ofTwoServersAtOnceNeverTooMuchIsLetThrough() throws Exception {
        int limit = 20;
        quota("q", "{}", "{\"configmaps\":\"" + limit + "\"}", "{\"configmaps\":\"0\"}");
        ResourceQuota other = plugin();
        started.forEach(Followed::start);
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2 * limit; i++) {
                ResourceQuota server = i % 2 == 0 ? plugin : other;
                answers.add(threads.submit(() -> {
                    try {
                        create(server, "configmaps", Objects.json("{}"));
                        return true;
                    } catch (StatusException refused) {
                        return false;
                    }
                }));
            }
        }
        int through = 0;
        for (Future<Boolean> answer : answers) {
            through += answer.get() ? 1 : 0;
        }
        assertThat(through).isEqualTo(limit);
        assertThat(used("q", "configmaps")).isEqualTo(Integer.toString(limit));
    }
}
