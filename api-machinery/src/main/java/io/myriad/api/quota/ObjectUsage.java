package io.myriad.api.quota;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;

import io.myriad.api.value.Quantity;

/** What a single object uses, by the names that quotas have for it. Pure; safe for any thread. */
public final class ObjectUsage {
    private static final Quantity ONE = Quantity.parse("1");
    private static final String CLASS_SUFFIX = ".storageclass.storage.k8s.io/";
    /** Kinds that quotas count by a plain name as well. */
    private static final Set<String> PLAIN_COUNTS = Set.of("configmaps", "secrets", "resourcequotas",
            "replicationcontrollers", "services", "persistentvolumeclaims");
    private static final Set<String> BARE = Set.of("cpu", "memory", "ephemeral-storage");

    private ObjectUsage() {}

    /**
     * What an object uses.
     *
     * @param groupResource its resource, such as {@code pods} or {@code deployments.apps}
     * @param object its tree
     */
    public static Map<String, Quantity> of(String groupResource, JsonNode object) {
        Map<String, Quantity> usage = new TreeMap<>();
        usage.put("count/" + groupResource, ONE);
        if (PLAIN_COUNTS.contains(groupResource)) {
            usage.put(groupResource, ONE);
        }
        switch (groupResource) {
            case "pods" -> pod(object, usage);
            case "services" -> service(object.path("spec"), usage);
            case "persistentvolumeclaims" -> claim(object, usage);
            default -> {}
        }
        return usage;
    }

    /** Whether a quota may count a resource by more than the number of its objects. */
    public static boolean isMeasured(String groupResource) {
        return groupResource.equals("services") || groupResource.equals("persistentvolumeclaims");
    }

    private static void pod(JsonNode pod, Map<String, Quantity> usage) {
        if (hasEnded(pod)) {
            return;
        }
        usage.put("pods", ONE);
        PodResources.requests(pod.path("spec")).forEach((name, amount) -> {
            boolean pages = name.startsWith("hugepages-");
            if (BARE.contains(name) || pages) {
                usage.put(name, amount);
                usage.put("requests." + name, amount);
            } else if (name.indexOf('/') > 0) {
                usage.put("requests." + name, amount);
            }
        });
        PodResources.limits(pod.path("spec")).forEach((name, amount) -> {
            if (BARE.contains(name)) {
                usage.put("limits." + name, amount);
            }
        });
    }

    /** Whether a pod uses nothing any more: it has ended, or should have. */
    private static boolean hasEnded(JsonNode pod) {
        String phase = pod.path("status").path("phase").asString("");
        return phase.equals("Failed") || phase.equals("Succeeded");
    }

    private static void service(JsonNode spec, Map<String, Quantity> usage) {
        Quantity ports = Quantity.of(spec.path("ports").size(), Quantity.Format.DECIMAL_SI);
        switch (spec.path("type").asString("")) {
            case "NodePort" -> usage.put("services.nodeports", ports);
            case "LoadBalancer" -> {
                usage.put("services.loadbalancers", ONE);
                if (spec.path("allocateLoadBalancerNodePorts").booleanValue(true)) {
                    usage.put("services.nodeports", ports);
                }
            }
            default -> {}
        }
    }

    private static void claim(JsonNode claim, Map<String, Quantity> usage) {
        String storageClass = claim.path("spec").path("storageClassName").asString("");
        if (!storageClass.isEmpty()) {
            usage.put(storageClass + CLASS_SUFFIX + "persistentvolumeclaims", ONE);
        }
        JsonNode storage = claim.path("spec").path("resources").path("requests").path("storage");
        if (!storage.isMissingNode()) {
            Quantity amount = Quantity.parse(storage.asString());
            usage.put("requests.storage", amount);
            if (!storageClass.isEmpty()) {
                usage.put(storageClass + CLASS_SUFFIX + "requests.storage", amount);
            }
        }
    }
}
