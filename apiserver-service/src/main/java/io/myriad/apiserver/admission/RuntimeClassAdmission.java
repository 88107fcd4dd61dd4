package io.myriad.apiserver.admission;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.value.Quantity;
import io.myriad.apiserver.storage.ObjectLookup;

/** Gives pods what their runtime class costs and where it runs; refuses pods of a class that there is not. */
final class RuntimeClassAdmission implements AdmissionPlugin {
    private static final GroupVersionResource CLASSES = new GroupVersionResource("node.k8s.io", "v1",
            "runtimeclasses");

    private final ObjectLookup lookup;

    RuntimeClassAdmission(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "RuntimeClass";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode pod = Pods.created(attributes);
        if (pod == null || !pod.path("spec").has("runtimeClassName")) {
            return;
        }
        ObjectNode found = find(pod, attributes.name());
        if (found == null || !(pod.get("spec") instanceof ObjectNode spec)) {
            return;
        }
        JsonNode overhead = found.path("overhead").path("podFixed");
        if (!overhead.isEmpty()) {
            if (spec.has("overhead") && !same(spec.path("overhead"), overhead)) {
                throw refused(attributes.name(), "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
            }
            spec.set("overhead", overhead.deepCopy());
        }
        schedule(spec, found.path("scheduling"), attributes.name());
    }

    private static void schedule(ObjectNode spec, JsonNode scheduling, String podName) {
        for (Map.Entry<String, JsonNode> label : scheduling.path("nodeSelector").properties()) {
            ObjectNode selector = spec.withObjectProperty("nodeSelector");
            JsonNode own = selector.get(label.getKey());
            if (own != null && !own.equals(label.getValue())) {
                throw refused(podName, "conflict: runtimeClass.scheduling.nodeSelector[" + label.getKey() + "] = "
                        + label.getValue().asString() + "; pod.spec.nodeSelector[" + label.getKey() + "] = "
                        + own.asString());
            }
            selector.set(label.getKey(), label.getValue());
        }
        for (JsonNode toleration : scheduling.path("tolerations")) {
            ArrayNode own = spec.withArrayProperty("tolerations");
            if (own.valueStream().noneMatch(toleration::equals)) {
                own.add(toleration.deepCopy());
            }
        }
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode pod = Pods.created(attributes);
        if (pod == null || !pod.path("spec").has("overhead")) {
            return;
        }
        ObjectNode found = find(pod, attributes.name());
        JsonNode overhead = found == null ? pod.path("spec").path("none") : found.path("overhead").path("podFixed");
        if (overhead.isEmpty()) {
            throw refused(attributes.name(), "Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }
        if (!same(pod.path("spec").path("overhead"), overhead)) {
            throw refused(attributes.name(), "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        }
    }

    /** The pod's class; null when it names none. */
    private @Nullable ObjectNode find(ObjectNode pod, String podName) {
        String name = pod.path("spec").path("runtimeClassName").stringValue("");
        if (name.isEmpty()) {
            return null;
        }
        ObjectNode found = lookup.cached(CLASSES, "", name);
        if (found == null) {
            found = lookup.current(CLASSES, "", name);
        }
        if (found == null) {
            throw refused(podName, "RuntimeClass \"" + name + "\" not found");
        }
        return found;
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.size() == other.size() && one.propertyStream().allMatch(amount -> other.has(amount.getKey())
                && Quantity.parse(amount.getValue().asString()).equals(
                        Quantity.parse(other.path(amount.getKey()).asString())));
    }

    private static StatusException refused(String podName, String why) {
        return new StatusException(Status.forbidden("pods", podName, "pod rejected: " + why));
    }
}
