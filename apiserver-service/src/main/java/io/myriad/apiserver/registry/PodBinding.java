package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.admission.AdmissionPlugin;

/** Gives a pod its node: what a scheduler does once it has decided. */
public final class PodBinding {
    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "Binding");

    private final Writes writes;

    public PodBinding(Registry registry) {
        this.writes = registry.writes();
    }

    /**
     * Binds a pod.
     *
     * @param pods the resource of pods
     * @param binding the Binding that was sent
     * @param request names the pod
     * @throws StatusException 409 when the pod has a node already or is being deleted
     */
    public Answer bind(ServedResource pods, ObjectNode binding, WriteRequest request) {
        Metadata metadata = Metadata.of(binding);
        Writes.matchNamespace(metadata, request.namespace());
        if (!metadata.name().equals(request.name())) {
            throw new StatusException(Status.badRequest("name in URL does not match name in Binding object"));
        }
        JsonNode target = binding.path("target");
        requireTarget(target, metadata.name());
        AdmissionPlugin.Attributes attributes = new AdmissionPlugin.Attributes(AdmissionPlugin.Operation.CREATE,
                pods.name(), KIND, "binding", request.namespace(), request.name(), request.user(), binding, null,
                request.dryRun(), request.warnings());
        writes.admission().admit(attributes);
        writes.admission().validate(attributes);
        Modifier.modify(pods, request.namespace(), request.name(),
                new Modifier.Preconditions(metadata.uid(), metadata.resourceVersion()), request.dryRun(),
                pod -> assign(pod, binding, target.path("name").asString("")));
        return new Answer.Success(201, null);
    }

    private static void requireTarget(JsonNode target, String name) {
        List<FieldError> errors = new ArrayList<>();
        String kind = target.path("kind").asString("");
        if (!kind.isEmpty() && !kind.equals("Node")) {
            errors.add(FieldError.notSupported("target.kind", kind, List.of("Node", "<empty>")));
        }
        if (target.path("name").asString("").isEmpty()) {
            errors.add(FieldError.required("target.name", ""));
        }
        if (!errors.isEmpty()) {
            throw new StatusException(Status.invalid(KIND, name, errors));
        }
    }

    private void assign(ObjectNode pod, ObjectNode binding, String node) {
        Metadata metadata = Metadata.of(pod);
        ObjectNode spec = pod.withObjectProperty("spec");
        if (metadata.isDeleting()) {
            throw conflict(metadata.name(),
                    "pod " + metadata.name() + " is being deleted, cannot be assigned to a host");
        }
        String assigned = spec.path("nodeName").asString("");
        if (!assigned.isEmpty()) {
            throw conflict(metadata.name(),
                    "pod " + metadata.name() + " is already assigned to node \"" + assigned + "\"");
        }
        if (!spec.path("schedulingGates").isEmpty()) {
            throw conflict(metadata.name(), "pod " + metadata.name() + " has non-empty .spec.schedulingGates");
        }
        spec.put("nodeName", node);
        if (pod.get("status") instanceof ObjectNode status) {
            status.remove("nominatedNodeName");
        }
        for (String kept : List.of("annotations", "labels")) {
            JsonNode sent = binding.path("metadata").path(kept);
            if (!sent.isEmpty()) {
                metadata.node().withObjectProperty(kept).setAll((ObjectNode) sent);
            }
        }
        Conditions.set(pod, "PodScheduled", "True", "", "", writes.now());
    }

    private static StatusException conflict(String name, String why) {
        return new StatusException(Status.conflict("pods/binding", name, why));
    }
}
