package io.myriad.apiserver.bootstrap;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.ObjectLookup;

import static org.assertj.core.api.Assertions.assertThat;

class BootstrapTest {
    private static final String TRACKING = "configmaps kube-system/kube-apiserver-legacy-service-account-token-tracking";

    private final Map<String, ObjectNode> objects = new ConcurrentHashMap<>();
    private final Bootstrap bootstrap = new Bootstrap(new Lookup(), new Writer(),
            new Bootstrap.Settings("10.0.0.1", "10.0.0.0/16", 6443, Map.of(), null),
            InstantSource.fixed(Instant.parse("2026-03-01T23:59:59Z")));

    private static String key(GroupVersionResource resource, String namespace, String name) {
        return resource.resource() + " " + namespace + "/" + name;
    }

    private JsonNode since() {
        ObjectNode map = objects.get(TRACKING);
        assertThat(map).isNotNull();
        return map.path("data").path("since");
    }

    @Test
    void tellsSinceWhenTokensAreTracked() {
        bootstrap.run();
        assertThat(since().asString()).isEqualTo("2026-03-01");
    }

    @Test
    void theDateStaysAndIsMendedWhenItIsNone() {
        bootstrap.run();
        ObjectNode data = (ObjectNode) objects.get(TRACKING).path("data");
        data.put("since", "2025-12-24");
        bootstrap.run();
        assertThat(since().asString()).isEqualTo("2025-12-24");
        data.put("since", "yesterday");
        bootstrap.run();
        assertThat(since().asString()).isEqualTo("2026-03-01");
        objects.get(TRACKING).remove("data");
        bootstrap.run();
        assertThat(since().asString()).isEqualTo("2026-03-01");
    }

    @Test
    void doesNothingASecondTime() {
        bootstrap.run();
        Map<String, ObjectNode> before = Map.copyOf(objects);
        assertThat(before).hasSizeGreaterThan(100);
        bootstrap.run();
        assertThat(objects).isEqualTo(before);
    }

    private final class Lookup implements ObjectLookup {
        @Override
        public @Nullable ObjectNode cached(GroupVersionResource resource, String namespace, String name) {
            return objects.get(key(resource, namespace, name));
        }

        @Override
        public @Nullable ObjectNode current(GroupVersionResource resource, String namespace, String name) {
            return cached(resource, namespace, name);
        }

        @Override
        public List<ObjectNode> select(GroupVersionResource resource, String namespace, String field, String value) {
            return List.of();
        }
    }

    private final class Writer implements ObjectWriter {
        @Override
        public void create(GroupVersionResource resource, String namespace, ObjectNode object) {
            if (objects.putIfAbsent(keyOf(resource, namespace, object), object) != null) {
                throw new StatusException(Status.of(StatusReason.ALREADY_EXISTS, "it is there"));
            }
        }

        @Override
        public void update(GroupVersionResource resource, String namespace, ObjectNode object) {
            objects.put(keyOf(resource, namespace, object), object);
        }

        @Override
        public void updateStatus(GroupVersionResource resource, String namespace, ObjectNode object) {
            update(resource, namespace, object);
        }

        @Override
        public void delete(GroupVersionResource resource, String namespace, String name) {
            objects.remove(key(resource, namespace, name));
        }

        private static String keyOf(GroupVersionResource resource, String namespace, ObjectNode object) {
            return key(resource, namespace, object.path("metadata").path("name").asString(""));
        }
    }
}
