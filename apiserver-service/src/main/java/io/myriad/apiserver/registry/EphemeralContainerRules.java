package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Names;

/** What must hold for containers that are put into a running pod. */
final class EphemeralContainerRules {
    /** Fields that make no sense for a container that is never restarted or served. */
    private static final List<String> FORBIDDEN = List.of("ports", "livenessProbe", "readinessProbe", "startupProbe",
            "lifecycle", "resizePolicy", "restartPolicy");

    private EphemeralContainerRules() {}

    static List<FieldError> check(ObjectNode pod) {
        List<FieldError> errors = new ArrayList<>();
        Set<String> names = new HashSet<>();
        JsonNode spec = pod.path("spec");
        for (String list : List.of("containers", "initContainers")) {
            spec.path(list).forEach(container -> names.add(container.path("name").asString("")));
        }
        JsonNode containers = spec.path("ephemeralContainers");
        for (int i = 0; i < containers.size(); i++) {
            checkOne(containers.get(i), "spec.ephemeralContainers[" + i + "]", names, errors);
        }
        return errors;
    }

    private static void checkOne(JsonNode container, String at, Set<String> names, List<FieldError> errors) {
        String name = container.path("name").asString("");
        if (name.isEmpty()) {
            errors.add(FieldError.required(at + ".name", ""));
        } else {
            Names.dns1123Label(name).forEach(problem -> errors.add(FieldError.invalid(at + ".name", name, problem)));
            if (!names.add(name)) {
                errors.add(FieldError.duplicate(at + ".name", name));
            }
        }
        if (container.path("image").asString("").isBlank()) {
            errors.add(FieldError.required(at + ".image", ""));
        }
        for (String field : FORBIDDEN) {
            if (!container.path(field).isEmpty() || container.path(field).isString()) {
                errors.add(FieldError.forbidden(at + "." + field, "cannot be set for an Ephemeral Container"));
            }
        }
        JsonNode resources = container.path("resources");
        if (!resources.path("limits").isEmpty() || !resources.path("requests").isEmpty()) {
            errors.add(FieldError.forbidden(at + ".resources", "cannot be set for an Ephemeral Container"));
        }
    }
}
