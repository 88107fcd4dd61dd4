package io.myriad.apiserver.admission;

import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts the finalizer on new claims and volumes that keeps them while something uses them. */
final class StorageObjectInUseProtection implements AdmissionPlugin {
    private static final Map<String, String> FINALIZERS = Map.of("persistentvolumeclaims",
            "kubernetes.io/pvc-protection", "persistentvolumes", "kubernetes.io/pv-protection",
            "volumeattributesclasses.storage.k8s.io", "kubernetes.io/vac-protection");

    @Override
    public String name() {
        return "StorageObjectInUseProtection";
    }

    @Override
    public void admit(Attributes attributes) {
        String finalizer = FINALIZERS.get(attributes.resource().groupResource());
        ObjectNode object = attributes.object();
        if (finalizer == null || object == null || attributes.operation() != Operation.CREATE
                || !attributes.subresource().isEmpty()) {
            return;
        }
        ArrayNode finalizers = object.withObjectProperty("metadata").withArrayProperty("finalizers");
        for (JsonNode existing : finalizers) {
            if (existing.stringValue("").equals(finalizer)) {
                return;
            }
        }
        finalizers.add(finalizer);
    }
}
