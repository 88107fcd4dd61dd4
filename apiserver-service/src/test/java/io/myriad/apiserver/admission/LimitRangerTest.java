package io.myriad.apiserver.admission;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LimitRangerTest {
    private final Objects ranges = new Objects("limitranges", "LimitRange");
    private final Followed<ObjectNode> followed = new Followed<>("limitranges", ranges.storage(),
            (namespace, name) -> namespace, Objects::read);
    private final LimitRanger plugin = new LimitRanger(followed);

    @AfterEach
    void stop() {
        followed.close();
    }

    private void range(String limits) {
        ranges.create("team", "range",
                "{\"metadata\":{\"name\":\"range\",\"namespace\":\"team\"},\"spec\":{\"limits\":[" + limits + "]}}");
        followed.start();
    }

    private static ObjectNode pod(String resources) {
        return Objects.json("{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":"
                + resources + "}]}}");
    }

    @Test
    void containersGetWhatTheyDoNotName() {
        range("""
                {"type": "Container", "default": {"cpu": "500m", "memory": "1Gi"}, "defaultRequest": {"cpu": "100m"}}""");
        ObjectNode pod = pod("""
                {"limits": {"cpu": "2"}}""");
        plugin.admit(Objects.Write.create("pods", "p", pod).attributes());
        assertThat(pod.path("spec").path("containers").path(0).path("resources")).isEqualTo(Objects.json("""
                {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "100m"}}"""));
        assertThat(pod.path("metadata").path("annotations").path("kubernetes.io/limit-ranger").stringValue(""))
                .isEqualTo("LimitRanger plugin set: cpu request for container c; memory limit for container c");
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        range("""
                {"type": "Container", "min": {"cpu": "100m"}, "max": {"memory": "1Gi"},
                 "maxLimitRequestRatio": {"cpu": "2"}}, {"type": "Pod", "max": {"cpu": "1"}}""");
        ObjectNode pod = pod("""
                {"requests": {"cpu": "50m"}, "limits": {"cpu": "1100m", "memory": "2Gi"}}""");
        assertThatThrownBy(() -> plugin.validate(Objects.Write.create("pods", "p", pod).attributes()))
                .isInstanceOf(StatusException.class).hasMessageContaining("minimum cpu usage per Container is 100m")
                .hasMessageContaining("maximum memory usage per Container is 1Gi, but limit is 2Gi")
                .hasMessageContaining("cpu max limit to request ratio per Container is 2, but provided ratio is 22")
                .hasMessageContaining("maximum cpu usage per Pod is 1, but limit is 1100m");
        ObjectNode modest = pod("""
                {"requests": {"cpu": "100m"}, "limits": {"cpu": "200m", "memory": "1Gi"}}""");
        plugin.validate(Objects.Write.create("pods", "p", modest).attributes());
    }

    @Test
    void claimsHaveBoundsOfTheirOwn() {
        range("""
                {"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}, "min": {"storage": "1Mi"}}""");
        ObjectNode claim = Objects.json("""
                {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}""");
        assertThatThrownBy(() -> plugin
                .validate(Objects.Write.create("persistentvolumeclaims", "c", claim).attributes()))
                .hasMessageContaining("maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi");
    }

    @Test
    void anotherNamespacesRangesDoNotCount() {
        ranges.create("other", "range", """
                {"metadata": {"name": "range", "namespace": "other"},
                 "spec": {"limits": [{"type": "Container", "min": {"cpu": "1"}}]}}""");
        followed.start();
        plugin.validate(Objects.Write.create("pods", "p", pod("{}")).attributes());
    }
}
