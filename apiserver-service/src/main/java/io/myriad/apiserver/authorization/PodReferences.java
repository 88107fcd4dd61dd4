package io.myriad.apiserver.authorization;

import java.util.HashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/** The objects of its namespace that a pod refers to, by kind: what a node running the pod has to read. */
public final class PodReferences {
    private PodReferences() {}

    /**
     * The names a pod refers to.
     *
     * @param pod a v1 Pod
     * @param what {@code secret}, {@code configmap}, {@code claim} or {@code serviceaccount}
     */
    public static Set<String> of(JsonNode pod, String what) {
        JsonNode spec = pod.path("spec");
        Set<String> names = new HashSet<>();
        switch (what) {
            case "serviceaccount" -> add(names, spec.path("serviceAccountName"));
            case "claim" -> claims(pod, spec, names);
            case "configmap" -> {
                volumes(spec, names, "configMap", "name");
                containers(spec, names, "configMapRef", "configMapKeyRef");
            }
            case "secret" -> {
                volumes(spec, names, "secret", "secretName");
                containers(spec, names, "secretRef", "secretKeyRef");
                spec.path("imagePullSecrets").forEach(reference -> add(names, reference.path("name")));
                volumeDriverSecrets(spec, names);
            }
            default -> throw new IllegalArgumentException("pods refer to no " + what);
        }
        return names;
    }

    private static void claims(JsonNode pod, JsonNode spec, Set<String> names) {
        for (JsonNode volume : spec.path("volumes")) {
            add(names, volume.path("persistentVolumeClaim").path("claimName"));
            if (volume.has("ephemeral")) {
                names.add(
                        pod.path("metadata").path("name").stringValue("") + "-" + volume.path("name").stringValue(""));
            }
        }
    }

    private static void volumes(JsonNode spec, Set<String> names, String source, String nameField) {
        for (JsonNode volume : spec.path("volumes")) {
            add(names, volume.path(source).path(nameField));
            for (JsonNode projection : volume.path("projected").path("sources")) {
                add(names, projection.path(source).path("name"));
            }
        }
    }

    private static void containers(JsonNode spec, Set<String> names, String from, String keyRef) {
        for (String list : new String[]{"containers", "initContainers", "ephemeralContainers"}) {
            for (JsonNode container : spec.path(list)) {
                container.path("envFrom").forEach(source -> add(names, source.path(from).path("name")));
                container.path("env")
                        .forEach(variable -> add(names, variable.path("valueFrom").path(keyRef).path("name")));
            }
        }
    }

    private static void volumeDriverSecrets(JsonNode spec, Set<String> names) {
        for (JsonNode volume : spec.path("volumes")) {
            for (JsonNode source : volume) {
                add(names, source.path("secretRef").path("name"));
                add(names, source.path("nodePublishSecretRef").path("name"));
            }
            add(names, volume.path("azureFile").path("secretName"));
        }
    }

    private static void add(Set<String> names, JsonNode name) {
        String text = name.stringValue("");
        if (!text.isEmpty()) {
            names.add(text);
        }
    }
}
