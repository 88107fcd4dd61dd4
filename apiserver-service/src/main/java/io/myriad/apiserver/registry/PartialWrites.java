package io.myriad.apiserver.registry;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Timestamps;
import io.myriad.apiserver.kind.Strategy;

/**
 * Writes to subresources that are the object itself, of which only one part may change: finalizers of namespaces,
 * approval of certificate requests, ephemeral containers and resources of pods.
 */
public final class PartialWrites {
    private static final Set<String> DECISIONS = Set.of("Approved", "Denied", "Failed");

    private final Registry registry;

    public PartialWrites(Registry registry) {
        this.registry = registry;
    }

    /** Whether a subresource is one of these. */
    public static boolean serves(String subresource) {
        return switch (subresource) {
            case "finalize", "approval", "ephemeralcontainers", "resize" -> true;
            default -> false;
        };
    }

    /** Replaces the part with that of the sent object. */
    public Answer update(ServedResource resource, ObjectNode sent, WriteRequest request) {
        return registry.updater().update(resource, scope(resource, request.subresource()),
                registry.replacement(resource, sent, request), request, null);
    }

    /** Patches the object, of which only the part counts. */
    public Answer patch(ServedResource resource, String mediaType, byte[] patch, boolean force,
            WriteRequest request) {
        return registry.updater().update(resource, scope(resource, request.subresource()),
                registry.patcher().parse(Registry.patchType(mediaType), patch, resource, force, request), request,
                null);
    }

    private Updater.Scope scope(ServedResource resource, String subresource) {
        return switch (subresource) {
            case "finalize" -> new Updater.Scope(Strategy.Target.STATUS, (object, old) -> keep(object, old, "status"),
                    (object, old) -> finalizerErrors(object));
            case "approval" -> new Updater.Scope(Strategy.Target.STATUS, this::prepareApproval,
                    PartialWrites::approvalErrors);
            case "ephemeralcontainers" -> new Updater.Scope(Strategy.Target.STATUS,
                    PartialWrites::prepareEphemeral, PartialWrites::ephemeralErrors);
            default -> new Updater.Scope(Strategy.Target.MAIN, PartialWrites::prepareResize,
                    (object, old) -> resource.strategy().validateCreate(withoutAssignment(object)));
        };
    }

    private static void keep(ObjectNode object, ObjectNode old, String field) {
        JsonNode value = old.get(field);
        if (value == null) {
            object.remove(field);
        } else {
            object.set(field, value.deepCopy());
        }
    }

    /** Takes everything but managed fields and version from the old object's metadata. */
    private static void keepMetadata(ObjectNode object, ObjectNode old) {
        Metadata now = Metadata.of(object);
        JsonNode managed = now.node().get("managedFields");
        String version = now.resourceVersion();
        keep(object, old, "metadata");
        Metadata kept = Metadata.of(object);
        kept.resourceVersion(version);
        if (managed != null) {
            kept.node().set("managedFields", managed);
        }
    }

    private static List<FieldError> finalizerErrors(ObjectNode namespace) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode finalizers = namespace.path("spec").path("finalizers");
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asString();
            if (name.indexOf('/') < 0 && !name.equals("kubernetes")) {
                errors.add(FieldError.invalid("spec.finalizers[" + i + "]", name,
                        "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
        return errors;
    }

    private void prepareApproval(ObjectNode object, ObjectNode old) {
        JsonNode conditions = object.path("status").get("conditions");
        keep(object, old, "spec");
        keep(object, old, "status");
        ObjectNode status = object.withObjectProperty("status");
        if (conditions == null || conditions.isEmpty()) {
            status.remove("conditions");
            return;
        }
        String now = Timestamps.format(registry.writes().now().truncatedTo(ChronoUnit.SECONDS));
        for (JsonNode condition : conditions) {
            stamp((ObjectNode) condition, old, now);
        }
        status.set("conditions", conditions);
    }

    private static void stamp(ObjectNode condition, ObjectNode old, String now) {
        if (isUnset(condition.get("lastUpdateTime"))) {
            condition.put("lastUpdateTime", now);
        }
        if (isUnset(condition.get("lastTransitionTime"))) {
            ObjectNode before = Conditions.find(old, condition.path("type").asString(""));
            boolean same = before != null && Objects.equals(before.get("status"), condition.get("status"))
                    && !isUnset(before.get("lastTransitionTime"));
            condition.put("lastTransitionTime",
                    same && before != null ? before.path("lastTransitionTime").asString() : now);
        }
    }

    private static boolean isUnset(@Nullable JsonNode time) {
        return time == null || time.isNull() || time.asString().isEmpty();
    }

    private static List<FieldError> approvalErrors(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        boolean approved = false;
        boolean denied = false;
        JsonNode conditions = object.path("status").path("conditions");
        for (int i = 0; i < conditions.size(); i++) {
            String at = "status.conditions[" + i + "]";
            String type = conditions.get(i).path("type").asString("");
            String status = conditions.get(i).path("status").asString("");
            approved |= type.equals("Approved");
            denied |= type.equals("Denied");
            if (type.isEmpty()) {
                errors.add(FieldError.required(at + ".type", ""));
            } else if (!seen.add(type)) {
                errors.add(FieldError.duplicate(at + ".type", type));
            }
            if (status.isEmpty()) {
                errors.add(FieldError.required(at + ".status", ""));
            } else if (DECISIONS.contains(type) && !status.equals("True")) {
                errors.add(FieldError.notSupported(at + ".status", status, List.of("True")));
            }
        }
        if (approved && denied) {
            errors.add(FieldError.invalid("status.conditions", "Denied",
                    "Approved and Denied conditions are mutually exclusive"));
        }
        for (String type : DECISIONS) {
            if (Conditions.find(old, type) != null && Conditions.find(object, type) == null) {
                errors.add(FieldError.forbidden("status.conditions",
                        "updates may not remove a condition of type \"" + type + "\""));
            }
        }
        return errors;
    }

    private static void prepareEphemeral(ObjectNode object, ObjectNode old) {
        JsonNode containers = object.path("spec").get("ephemeralContainers");
        boolean changed = !Objects.equals(containers, old.path("spec").get("ephemeralContainers"));
        keep(object, old, "spec");
        keep(object, old, "status");
        keepMetadata(object, old);
        ObjectNode spec = object.withObjectProperty("spec");
        if (containers == null) {
            spec.remove("ephemeralContainers");
        } else {
            spec.set("ephemeralContainers", containers);
        }
        if (changed) {
            Metadata metadata = Metadata.of(object);
            metadata.generation(metadata.generation() + 1);
        }
    }

    private static List<FieldError> ephemeralErrors(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = EphemeralContainerRules.check(object);
        if (!errors.isEmpty()) {
            return errors;
        }
        JsonNode now = object.path("spec").path("ephemeralContainers");
        for (JsonNode before : old.path("spec").path("ephemeralContainers")) {
            JsonNode same = null;
            for (JsonNode container : now) {
                if (container.path("name").equals(before.path("name"))) {
                    same = container;
                }
            }
            String name = before.path("name").asString("");
            if (same == null) {
                errors.add(FieldError.forbidden("spec.ephemeralContainers",
                        "existing ephemeral containers \"" + name + "\" may not be removed"));
            } else if (!same.equals(before)) {
                errors.add(FieldError.forbidden("spec.ephemeralContainers",
                        "existing ephemeral containers \"" + name + "\" may not be changed"));
            }
        }
        return errors;
    }

    /** Takes over everything but the containers' resources and how they are resized. */
    private static void prepareResize(ObjectNode object, ObjectNode old) {
        JsonNode sent = object.path("spec");
        JsonNode before = old.path("spec");
        boolean sameCount = sent.path("containers").size() == before.path("containers").size()
                && sent.path("initContainers").size() == before.path("initContainers").size();
        JsonNode containers = sent.path("containers").deepCopy();
        JsonNode initContainers = sent.path("initContainers").deepCopy();
        keep(object, old, "status");
        keepMetadata(object, old);
        if (!sameCount) {
            return;
        }
        keep(object, old, "spec");
        boolean changed = resize(object.path("spec").path("containers"), containers);
        changed |= resize(object.path("spec").path("initContainers"), initContainers);
        if (changed) {
            Metadata metadata = Metadata.of(object);
            metadata.generation(metadata.generation() + 1);
        }
    }

    private static boolean resize(JsonNode containers, JsonNode sent) {
        boolean changed = false;
        for (JsonNode container : containers) {
            for (JsonNode other : sent) {
                if (other.path("name").equals(container.path("name"))) {
                    for (String field : List.of("resources", "resizePolicy")) {
                        JsonNode value = other.get(field);
                        if (value != null && !value.equals(container.get(field))) {
                            ((ObjectNode) container).set(field, value);
                            changed = true;
                        }
                    }
                }
            }
        }
        return changed;
    }

    /** The pod as a new one could be: what only running pods may have is no fault of the resize. */
    private static ObjectNode withoutAssignment(ObjectNode pod) {
        ObjectNode copy = pod.deepCopy();
        if (copy.get("spec") instanceof ObjectNode spec) {
            spec.remove("ephemeralContainers");
        }
        return copy;
    }
}
