package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.selector.FieldSelector;
import io.myriad.api.selector.LabelSelector;
import io.myriad.api.value.Timestamps;
import io.myriad.apiserver.admission.AdmissionPlugin;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage.ListQuery;
import io.myriad.apiserver.storage.ObjectStorage.VersionMatch;
import io.myriad.apiserver.storage.Selection;

/**
 * Evicts pods: deletes them as far as disruption budgets permit. A budget is taken from before the pod goes, in its own
 * status, so that two evictions at the same time cannot both use the last disruption.
 */
public final class PodEviction {
    private static final GroupVersionKind KIND = new GroupVersionKind("policy", "v1", "Eviction");
    private static final String CAUSE = "DisruptionBudget";
    private static final int RETRY_SECONDS = 10;
    /** Evictions that the budget's controller has not confirmed yet; beyond it something is wrong with it. */
    private static final int MAX_DISRUPTED_PODS = 2000;

    private final Registry registry;
    private final ServedResource budgets;

    /** @param budgets the resource of pod disruption budgets */
    public PodEviction(Registry registry, ServedResource budgets) {
        this.registry = registry;
        this.budgets = budgets;
    }

    /**
     * Evicts a pod.
     *
     * @param pods the resource of pods
     * @param eviction the Eviction that was sent
     * @param options the deletion options in it
     * @param request names the pod
     * @throws StatusException 429 when a budget does not permit it now
     */
    public Answer evict(ServedResource pods, ObjectNode eviction, DeleteOptions options, WriteRequest request) {
        Metadata metadata = Metadata.of(eviction);
        Writes.matchNamespace(metadata, request.namespace());
        if (!metadata.name().equals(request.name())) {
            throw new StatusException(Status.badRequest("name in URL does not match name in Eviction object"));
        }
        AdmissionPlugin.Attributes attributes = new AdmissionPlugin.Attributes(AdmissionPlugin.Operation.CREATE,
                pods.name(), KIND, "eviction", request.namespace(), request.name(), request.user(), eviction, null,
                request.dryRun(), request.warnings());
        registry.writes().admission().admit(attributes);
        registry.writes().admission().validate(attributes);
        CachedObject stored = pods.storage().get(request.namespace(), request.name(), "");
        if (stored == null) {
            throw pods.notFound(request.name());
        }
        ObjectNode pod = pods.form().decode(stored);
        String version = "";
        if (!ignoresBudgets(pod)) {
            ObjectNode budget = budget(pod);
            if (budget != null && !unhealthyMayGo(pod, budget)) {
                take(Metadata.of(budget).name(), request);
            } else if (budget != null) {
                // The pod counted as unhealthy: it must still be the same one.
                version = Metadata.of(pod).resourceVersion();
            }
        }
        delete(pods, options, version, request);
        return new Answer.Success(201, null);
    }

    /** Pods that do not run yet, or any more, disrupt nothing. */
    private static boolean ignoresBudgets(ObjectNode pod) {
        return switch (pod.path("status").path("phase").asString("")) {
            case "Succeeded", "Failed", "Pending" -> true;
            default -> Metadata.of(pod).isDeleting();
        };
    }

    private @Nullable ObjectNode budget(ObjectNode pod) {
        String namespace = Metadata.of(pod).namespace();
        Map<String, String> labels = new HashMap<>();
        pod.path("metadata").path("labels").forEachEntry((key, value) -> labels.put(key, value.asString()));
        Selection all = new Selection(namespace, LabelSelector.everything(), FieldSelector.everything());
        List<ObjectNode> matching = new ArrayList<>();
        for (CachedObject stored : budgets.storage().list(new ListQuery(all, "", VersionMatch.UNSET, 0, "")).items()) {
            ObjectNode budget = budgets.form().decode(stored);
            if (selects(budget.path("spec").get("selector"), labels)) {
                matching.add(budget);
            }
        }
        if (matching.size() > 1) {
            throw new StatusException(Status.of(StatusReason.BAD_REQUEST,
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
        }
        return matching.isEmpty() ? null : matching.getFirst();
    }

    private static boolean selects(@Nullable JsonNode selector, Map<String, String> labels) {
        try {
            return LabelSelector.of(selector).matches(labels);
        } catch (IllegalArgumentException | StatusException malformed) {
            return false;
        }
    }

    private static boolean unhealthyMayGo(ObjectNode pod, ObjectNode budget) {
        if (Conditions.isTrue(pod, "Ready")) {
            return false;
        }
        JsonNode status = budget.path("status");
        long desired = status.path("desiredHealthy").longValue(0);
        return budget.path("spec").path("unhealthyPodEvictionPolicy").asString("").equals("AlwaysAllow")
                || desired > 0 && status.path("currentHealthy").longValue(0) >= desired;
    }

    /** Takes one disruption from the budget. */
    private void take(String name, WriteRequest request) {
        Modifier.modify(budgets, request.namespace(), name, Modifier.Preconditions.NONE, request.dryRun(), budget -> {
            ObjectNode status = budget.withObjectProperty("status");
            long allowed = status.path("disruptionsAllowed").longValue(0);
            requirePermitted(budget, name, status, allowed);
            status.put("disruptionsAllowed", allowed - 1);
            status.withObjectProperty("disruptedPods").put(request.name(),
                    Timestamps.format(registry.writes().now()));
            if (allowed == 1) {
                Conditions.set(budget, "DisruptionAllowed", "False", "InsufficientPods", "", registry.writes().now());
            }
        });
    }

    private static void requirePermitted(ObjectNode budget, String name, ObjectNode status, long allowed) {
        if (status.path("observedGeneration").longValue(0) < Metadata.of(budget).generation()) {
            throw tooMany("The disruption budget " + name + " is still being processed by the server.", RETRY_SECONDS);
        }
        if (allowed < 0) {
            throw forbidden(name, "pdb disruptions allowed is negative");
        }
        if (status.path("disruptedPods").size() > MAX_DISRUPTED_PODS) {
            throw forbidden(name, "too many pending evictions not confirmed by PDB controller");
        }
        if (allowed == 0) {
            long desired = status.path("desiredHealthy").longValue(0);
            long current = status.path("currentHealthy").longValue(0);
            throw tooMany(current <= desired
                    ? "The disruption budget " + name + " needs " + desired + " healthy pods and has " + current
                            + " currently"
                    : "The disruption budget " + name + " does not allow evicting pods currently", 0);
        }
    }

    private static StatusException tooMany(String why, int retrySeconds) {
        return new StatusException(new Status(429, StatusReason.TOO_MANY_REQUESTS,
                "Cannot evict pod as it would violate the pod's disruption budget.",
                new Status.Details("", "", "", "", List.of(new Status.Cause(CAUSE, why, "")), retrySeconds)));
    }

    private static StatusException forbidden(String name, String why) {
        return new StatusException(new Status(403, StatusReason.FORBIDDEN,
                "poddisruptionbudget.policy \"" + name + "\" is forbidden: " + why,
                new Status.Details(name, "policy", "poddisruptionbudget", "",
                        List.of(new Status.Cause(CAUSE,
                                "The disruption budget " + name + " does not allow evicting pods currently: " + why,
                                "")),
                        0)));
    }

    private void delete(ServedResource pods, DeleteOptions options, String version, WriteRequest request) {
        DeleteOptions effective = options;
        if (!request.dryRun()) {
            String wanted = options.resourceVersion() != null ? options.resourceVersion() : version;
            CachedObject marked = Modifier.modify(pods, request.namespace(), request.name(),
                    new Modifier.Preconditions(options.uid() == null ? "" : options.uid(), wanted), false,
                    pod -> Conditions.set(pod, "DisruptionTarget", "True", "EvictionByEvictionAPI",
                            "Eviction API: evicting", registry.writes().now()));
            if (!wanted.isEmpty()) {
                effective = new DeleteOptions(options.gracePeriodSeconds(), options.uid(),
                        Long.toString(marked.resourceVersion()), options.orphanDependents(),
                        options.propagationPolicy());
            }
        }
        registry.delete(pods, new WriteRequest(request.user(), request.namespace(), request.name(), "",
                request.manager(), request.dryRun(), request.fieldValidation(), request.warnings()), effective);
    }
}
