package io.myriad.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.quota.PodResources;
import io.myriad.api.value.Quantity;
import io.myriad.apiserver.storage.ObjectLookup;

/** Refuses to make a pod larger than its node. Whether other pods leave room is the node's to say. */
final class PodResizeValidator implements AdmissionPlugin {
    private static final GroupVersionResource NODES = new GroupVersionResource("", "v1", "nodes");

    private final ObjectLookup lookup;

    PodResizeValidator(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "PodResizeValidator";
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode pod = attributes.object();
        ObjectNode old = attributes.oldObject();
        if (!attributes.subresource().equals("resize") || pod == null || old == null
                || !attributes.resource().groupResource().equals("pods")) {
            return;
        }
        String node = pod.path("spec").path("nodeName").stringValue("");
        Map<String, Quantity> requests = PodResources.requests(pod.path("spec"));
        boolean same = requests.equals(PodResources.requests(old.path("spec")))
                && PodResources.limits(pod.path("spec")).equals(PodResources.limits(old.path("spec")));
        if (node.isEmpty() || same) {
            return;
        }
        ObjectNode found = node(node);
        if (found == null) {
            throw refused(attributes, "node \"" + node + "\" not found");
        }
        JsonNode allocatable = found.path("status").path("allocatable");
        List<String> lacking = new ArrayList<>();
        requests.forEach((name, wanted) -> {
            Quantity room = Quantity.parse(allocatable.path(name).asString("0"));
            if ((name.equals("cpu") || name.equals("memory")) && wanted.compareTo(room) > 0) {
                lacking.add(name + ", requested: " + shown(name, wanted) + ", allocatable: " + shown(name, room));
            }
        });
        if (!lacking.isEmpty()) {
            throw refused(attributes,
                    "node didn't have enough allocatable resources: " + String.join("; ", lacking));
        }
    }

    private @Nullable ObjectNode node(String name) {
        ObjectNode cached = lookup.cached(NODES, "", name);
        return cached != null ? cached : lookup.current(NODES, "", name);
    }

    private static String shown(String name, Quantity amount) {
        return Long.toString(name.equals("cpu") ? amount.milliValue() : amount.value());
    }

    private static StatusException refused(Attributes attributes, String why) {
        return new StatusException(Status.forbidden("pods", attributes.name(), why));
    }
}
