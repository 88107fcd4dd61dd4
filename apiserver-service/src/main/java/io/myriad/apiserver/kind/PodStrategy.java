package io.myriad.apiserver.kind;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;
import io.myriad.api.value.Timestamps;

/** Pods. */
final class PodStrategy implements Strategy {
    private static final long DEFAULT_GRACE_SECONDS = 30;
    /** What an update of a pod may change in its spec. */
    private static final Set<String> MUTABLE = Set.of("activeDeadlineSeconds", "terminationGracePeriodSeconds",
            "tolerations", "schedulingGates", "nodeSelector", "affinity");

    private final InstantSource clock;

    PodStrategy(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void applyDefaults(ObjectNode pod) {
        ObjectNode spec = Defaults.object(pod, "spec");
        PodSpecDefaults.apply(spec);
        PodSpecDefaults.ofPod(spec);
        if (pod.path("status") instanceof ObjectNode status) {
            addresses(status);
        }
    }

    /** The two forms of the pod's address in step; the older field wins, for clients that know no other. */
    private static void addresses(ObjectNode status) {
        String older = status.path("podIP").stringValue("");
        String newer = status.path("podIPs").path(0).path("ip").stringValue("");
        if (!older.isEmpty() && !older.equals(newer)) {
            status.putArray("podIPs").addObject().put("ip", older);
        } else if (older.isEmpty() && !newer.isEmpty()) {
            status.put("podIP", newer);
        }
    }

    @Override
    public void prepareForCreate(ObjectNode pod) {
        appArmorFields(pod);
        ObjectNode status = pod.putObject("status");
        status.put("phase", "Pending");
        status.put("qosClass", QualityOfService.of(pod.path("spec")));
        if (!pod.path("spec").path("schedulingGates").isEmpty()) {
            status.putArray("conditions").addObject().put("lastProbeTime", (String) null)
                    .put("lastTransitionTime", Timestamps.format(clock.instant()))
                    .put("message", "Scheduling is blocked due to non-empty scheduling gates")
                    .put("reason", "SchedulingGated").put("status", "False").put("type", "PodScheduled");
        }
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode pod, ObjectNode old) {
        switch (target) {
            case MAIN -> Defaults.keep(pod, old, "status");
            case STATUS -> {
                Defaults.keep(pod, old, "spec");
                keepMetadata(pod, old);
                if (pod.path("status").path("qosClass").stringValue("").isEmpty()) {
                    Defaults.object(pod, "status").put("qosClass", old.path("status").path("qosClass")
                            .stringValue(QualityOfService.of(pod.path("spec"))));
                }
            }
        }
    }

    /** A status update may not end a pod or change its owners. */
    private static void keepMetadata(ObjectNode pod, ObjectNode old) {
        if (pod.path("metadata") instanceof ObjectNode metadata) {
            Defaults.keep(metadata, old.path("metadata"), "deletionTimestamp");
            Defaults.keep(metadata, old.path("metadata"), "ownerReferences");
        }
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode pod) {
        List<FieldError> errors = new ArrayList<>();
        Check root = Check.of(pod, errors);
        PodSpecValidation.validate(root.at("spec"), false);
        appArmor(root);
        Check spec = root.at("spec");
        if (!spec.at("ephemeralContainers").empty()) {
            spec.at("ephemeralContainers").forbidden("cannot be set on create");
        }
        if (!spec.at("schedulingGates").empty() && !spec.at("nodeName").empty()) {
            spec.at("nodeName").forbidden("cannot be set until all schedulingGates have been cleared");
        }
        return errors;
    }

    /** What the older annotations say about containers goes into the fields that replaced them. */
    private static void appArmorFields(ObjectNode pod) {
        JsonNode annotations = pod.path("metadata").path("annotations");
        for (String list : new String[]{"initContainers", "containers"}) {
            for (JsonNode container : pod.path("spec").path(list)) {
                String profile = annotations
                        .path(PodWarnings.APP_ARMOR_PREFIX + container.path("name").stringValue("")).stringValue("");
                if (profile.isEmpty() || container.path("securityContext").has("appArmorProfile")) {
                    continue;
                }
                ObjectNode target = Defaults.object(Defaults.object((ObjectNode) container, "securityContext"),
                        "appArmorProfile");
                if (profile.startsWith("localhost/")) {
                    target.put("type", "Localhost").put("localhostProfile", profile.substring("localhost/".length()));
                } else {
                    target.put("type", profile.equals("unconfined") ? "Unconfined" : "RuntimeDefault");
                }
            }
        }
    }

    /** Annotations that name containers name ones that there are. */
    private static void appArmor(Check pod) {
        Set<String> containers = new HashSet<>();
        for (String list : new String[]{"initContainers", "containers", "ephemeralContainers"}) {
            pod.at("spec").at(list).value().forEach(one -> containers.add(one.path("name").stringValue("")));
        }
        pod.at("metadata").at("annotations").entries((key, profile) -> {
            if (!key.startsWith(PodWarnings.APP_ARMOR_PREFIX)) {
                return;
            }
            String name = profile.text();
            if (!containers.contains(key.substring(PodWarnings.APP_ARMOR_PREFIX.length()))) {
                profile.invalid("container not found");
            } else if (!name.isEmpty() && !name.equals("runtime/default") && !name.equals("unconfined")
                    && !name.startsWith("localhost/")) {
                profile.invalid("invalid AppArmor profile name");
            }
        });
    }

    @Override
    public List<String> warnings(ObjectNode pod, @Nullable ObjectNode old) {
        // Pods are changed by programs, which nobody watches.
        return old == null ? PodWarnings.ofPod(pod) : List.of();
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode pod, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        Check root = Check.of(pod, errors);
        if (target == Target.STATUS) {
            PodStatusValidation.validate(root.at("status"), pod, old);
            return errors;
        }
        PodSpecValidation.validate(root.at("spec"), false);
        if (errors.isEmpty()) {
            immutable(root.at("spec"), pod.path("spec"), old.path("spec"));
        }
        return errors;
    }

    private static void immutable(Check check, JsonNode spec, JsonNode old) {
        for (String list : new String[]{"containers", "initContainers"}) {
            if (spec.path(list).size() != old.path(list).size()) {
                check.at(list).forbidden("pod updates may not add or remove containers");
                return;
            }
        }
        deadline(check.at("activeDeadlineSeconds"), old.path("activeDeadlineSeconds"));
        PodTolerations.onlyAdded(check.at("tolerations"), old.path("tolerations"));
        gates(check.at("schedulingGates"), old.path("schedulingGates"));
        boolean gated = !old.path("schedulingGates").isEmpty();
        Set<String> fields = new HashSet<>();
        fields.addAll(spec.propertyNames());
        fields.addAll(old.propertyNames());
        for (String field : fields) {
            boolean same = switch (field) {
                case "containers", "initContainers" -> containersWithoutImages(spec.path(field))
                        .equals(containersWithoutImages(old.path(field)));
                case "nodeSelector", "affinity" -> gated || TreeComparison.same(spec.path(field), old.path(field));
                case "terminationGracePeriodSeconds" -> sameGrace(spec.path(field), old.path(field));
                default -> MUTABLE.contains(field) || TreeComparison.same(spec.path(field), old.path(field));
            };
            if (!same) {
                check.forbidden("pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                        + "`spec.tolerations` (only additions to existing tolerations),"
                        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)");
                return;
            }
        }
    }

    private static boolean sameGrace(JsonNode now, JsonNode before) {
        return now.equals(before) || before.longValue(0) < 0 && now.longValue(0) == 1;
    }

    private static void deadline(Check now, JsonNode before) {
        if (before.isNumber()) {
            if (!now.present()) {
                now.invalid("must not update from a positive integer to nil value");
            } else if (now.number() > before.longValue()) {
                now.invalid("must be less than or equal to previous value");
            }
        }
    }

    private static void gates(Check now, JsonNode before) {
        Set<String> known = new HashSet<>();
        before.forEach(gate -> known.add(gate.path("name").stringValue("")));
        now.items(gate -> {
            if (!known.contains(gate.at("name").text())) {
                gate.at("name")
                        .forbidden("only deletion is allowed, but found new scheduling gate '" + gate.at("name").text()
                                + "'");
            }
        });
    }

    private static List<JsonNode> containersWithoutImages(JsonNode containers) {
        List<JsonNode> result = new ArrayList<>();
        for (JsonNode container : containers) {
            ObjectNode copy = (ObjectNode) container.deepCopy();
            copy.remove("image");
            TreeComparison.prune(copy);
            result.add(copy);
        }
        return result;
    }

    @Override
    public boolean tracksGeneration() {
        return true;
    }

    @Override
    public long gracePeriodSeconds(ObjectNode pod, @Nullable Long requested) {
        String phase = pod.path("status").path("phase").stringValue("");
        // Nothing runs yet, or any more: there is nothing to wait for.
        if (pod.path("spec").path("nodeName").stringValue("").isEmpty() || phase.equals("Failed")
                || phase.equals("Succeeded")) {
            return 0;
        }
        long period = requested != null
                ? requested
                : pod.path("spec").path("terminationGracePeriodSeconds").longValue(DEFAULT_GRACE_SECONDS);
        return period < 0 ? 1 : period;
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        return Map.of("spec.nodeName", List.of("spec", "nodeName"), "spec.restartPolicy",
                List.of("spec", "restartPolicy"), "spec.schedulerName", List.of("spec", "schedulerName"),
                "spec.serviceAccountName", List.of("spec", "serviceAccountName"), "spec.hostNetwork",
                List.of("spec", "hostNetwork"), "status.phase", List.of("status", "phase"), "status.podIP",
                List.of("status", "podIP"), "status.podIPs", List.of("status", "podIPs"), "status.nominatedNodeName",
                List.of("status", "nominatedNodeName"));
    }
}
