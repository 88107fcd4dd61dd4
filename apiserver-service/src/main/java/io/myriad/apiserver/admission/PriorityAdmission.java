package io.myriad.apiserver.admission;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.ObjectLookup;

/** Turns a pod's priority class into its priority and preemption policy, and keeps one default class at most. */
final class PriorityAdmission implements AdmissionPlugin {
    private static final GroupVersionResource CLASSES = new GroupVersionResource("scheduling.k8s.io", "v1",
            "priorityclasses");
    private static final String PREEMPT = "PreemptLowerPriority";

    private final ObjectLookup lookup;

    PriorityAdmission(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "Priority";
    }

    @Override
    public void admit(Attributes attributes) {
        ObjectNode pod = attributes.object();
        if (pod == null || !Pods.isPod(attributes)) {
            return;
        }
        ObjectNode spec = pod.withObjectProperty("spec");
        if (attributes.operation() == Operation.UPDATE) {
            keep(spec, attributes.oldObject());
        } else if (attributes.operation() == Operation.CREATE) {
            resolve(spec, attributes.name());
        }
    }

    /** An update by a client that does not know the fields keeps them. */
    private static void keep(ObjectNode spec, @Nullable ObjectNode old) {
        if (old == null) {
            return;
        }
        for (String field : new String[]{"priority", "preemptionPolicy"}) {
            JsonNode before = old.path("spec").get(field);
            if (before != null && !spec.has(field)) {
                spec.set(field, before);
            }
        }
    }

    private void resolve(ObjectNode spec, String podName) {
        String name = spec.path("priorityClassName").stringValue("");
        JsonNode found;
        if (name.isEmpty()) {
            found = defaultClass();
            if (found != null) {
                spec.put("priorityClassName", found.path("metadata").path("name").stringValue(""));
            }
        } else {
            found = lookup.cached(CLASSES, "", name);
            if (found == null) {
                found = lookup.current(CLASSES, "", name);
            }
            if (found == null) {
                throw new StatusException(Status.forbidden("pods", podName, "no PriorityClass with name " + name
                        + " was found"));
            }
        }
        int priority = found == null ? 0 : found.path("value").intValue(0);
        String policy = found == null ? PREEMPT : found.path("preemptionPolicy").stringValue(PREEMPT);
        JsonNode sent = spec.path("priority");
        if (sent.isNumber() && sent.intValue() != priority) {
            throw new StatusException(Status.forbidden("pods", podName, "the integer value of priority ("
                    + sent.intValue() + ") must not be provided in pod spec; priority admission controller computed "
                    + priority + " from the given PriorityClass name"));
        }
        JsonNode sentPolicy = spec.path("preemptionPolicy");
        if (sentPolicy.isString() && !sentPolicy.stringValue().equals(policy)) {
            throw new StatusException(Status.forbidden("pods", podName, "the string value of PreemptionPolicy ("
                    + sentPolicy.stringValue() + ") must not be provided in pod spec; priority admission controller "
                    + "computed " + policy + " from the given PriorityClass name"));
        }
        spec.put("priority", priority);
        spec.put("preemptionPolicy", policy);
    }

    private @Nullable ObjectNode defaultClass() {
        ObjectNode lowest = null;
        for (ObjectNode candidate : lookup.select(CLASSES, "", "", "")) {
            if (candidate.path("globalDefault").booleanValue(false)
                    && (lowest == null || candidate.path("value").intValue(0) < lowest.path("value").intValue(0))) {
                lowest = candidate;
            }
        }
        return lowest;
    }

    @Override
    public void validate(Attributes attributes) {
        ObjectNode candidate = attributes.object();
        if (candidate == null || !attributes.resource().groupResource().equals("priorityclasses.scheduling.k8s.io")
                || !candidate.path("globalDefault").booleanValue(false)) {
            return;
        }
        ObjectNode existing = defaultClass();
        if (existing == null) {
            return;
        }
        String name = existing.path("metadata").path("name").stringValue("");
        if (!name.equals(attributes.name())) {
            throw new StatusException(Status.forbidden("priorityclasses.scheduling.k8s.io", attributes.name(),
                    "PriorityClass " + name + " is already marked as default. Only one default can exist"));
        }
    }
}
