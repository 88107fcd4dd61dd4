package io.myriad.controller.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Timestamps;
import io.myriad.control.client.ApiObject;
import io.myriad.control.informer.Extractor;

/** Makes {@link Pod}s of objects. Thread-safe. */
final class PodReader implements Extractor<Pod> {
    private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    private final MetaReader metadata;
    private final Interner<Pod.Network> networks = new Interner<>();
    private final Interner<List<Toleration>> tolerations = new Interner<>();
    private final Interner<String> names = new Interner<>();

    PodReader(MetaReader metadata) {
        this.metadata = metadata;
    }

    @Override
    public Pod extract(ApiObject object) {
        JsonNode tree = object.content();
        JsonNode spec = tree.path("spec");
        JsonNode status = tree.path("status");
        Instant readySince = null;
        boolean disrupted = false;
        for (JsonNode condition : status.path("conditions")) {
            boolean isTrue = condition.path("status").asString("").equals("True");
            String type = condition.path("type").asString("");
            if (type.equals("Ready") && isTrue) {
                Instant since = time(condition.path("lastTransitionTime"));
                readySince = since == null ? Instant.EPOCH : since;
            } else if (type.equals("DisruptionTarget") && isTrue) {
                disrupted = true;
            }
        }
        return new Pod(metadata.read(object), names.intern(spec.path("nodeName").asString("")),
                names.intern(status.path("phase").asString("")), readySince, restarts(status),
                sidecarRestarts(spec, status),
                integer(tree.path("metadata").path("annotations").path(DELETION_COST).asString("")), addresses(status),
                networks.intern(network(spec)), this.tolerations.intern(tolerations(spec)),
                tree.path("metadata").path("deletionGracePeriodSeconds").asLong(0), disrupted,
                status.path("reason").asString("").equals("Evicted"));
    }

    private static int restarts(JsonNode status) {
        int most = 0;
        for (JsonNode container : status.path("containerStatuses")) {
            most = Math.max(most, container.path("restartCount").asInt(0));
        }
        return most;
    }

    private static int sidecarRestarts(JsonNode spec, JsonNode status) {
        int most = 0;
        for (JsonNode container : status.path("initContainerStatuses")) {
            int restarts = container.path("restartCount").asInt(0);
            if (restarts > most && isSidecar(spec, container.path("name").asString(""))) {
                most = restarts;
            }
        }
        return most;
    }

    private static boolean isSidecar(JsonNode spec, String name) {
        for (JsonNode container : spec.path("initContainers")) {
            if (container.path("name").asString("").equals(name)) {
                return container.path("restartPolicy").asString("").equals("Always");
            }
        }
        return false;
    }

    private static List<String> addresses(JsonNode status) {
        List<String> addresses = new ArrayList<>(1);
        for (JsonNode address : status.path("podIPs")) {
            addresses.add(address.path("ip").asString(""));
        }
        String only = status.path("podIP").asString("");
        if (addresses.isEmpty() && !only.isEmpty()) {
            addresses.add(only);
        }
        return List.copyOf(addresses);
    }

    private static Pod.Network network(JsonNode spec) {
        List<Pod.Port> ports = new ArrayList<>();
        for (String kind : List.of("containers", "initContainers")) {
            for (JsonNode container : spec.path(kind)) {
                boolean sidecar = container.path("restartPolicy").asString("").equals("Always");
                if (kind.equals("initContainers") && !sidecar) {
                    continue;
                }
                for (JsonNode port : container.path("ports")) {
                    if (!port.path("name").asString("").isEmpty()) {
                        ports.add(new Pod.Port(port.path("name").asString(""), port.path("containerPort").asInt(0),
                                port.path("protocol").asString("TCP")));
                    }
                }
            }
        }
        return new Pod.Network(spec.path("hostname").asString(""), spec.path("subdomain").asString(""),
                spec.path("hostNetwork").asBoolean(false), List.copyOf(ports));
    }

    private static List<Toleration> tolerations(JsonNode spec) {
        List<Toleration> tolerations = new ArrayList<>(2);
        for (JsonNode one : spec.path("tolerations")) {
            tolerations.add(new Toleration(one.path("key").asString(""),
                    one.path("operator").asString("").equals("Exists"), one.path("value").asString(""),
                    one.path("effect").asString(""),
                    one.has("tolerationSeconds") ? Math.max(0, one.path("tolerationSeconds").asLong(0)) : -1));
        }
        return List.copyOf(tolerations);
    }

    private static int integer(String text) {
        try {
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static @Nullable Instant time(JsonNode node) {
        try {
            return node.isString() ? Timestamps.parse(node.asString()) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
