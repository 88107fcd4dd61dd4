package io.myriad.apiserver.kind;

import java.util.Set;

/** Which names a resource quota knows. */
final class QuotaResources {
    static final Set<String> SCOPES = Set.of("Terminating", "NotTerminating", "BestEffort", "NotBestEffort",
            "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass");
    private static final Set<String> COUNTS = Set.of("pods", "services", "replicationcontrollers", "resourcequotas",
            "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers");
    private static final Set<String> AMOUNTS = Set.of("cpu", "memory", "ephemeral-storage", "requests.cpu",
            "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
            "limits.ephemeral-storage");

    private QuotaResources() {}

    static boolean isStandard(String name) {
        return COUNTS.contains(name) || AMOUNTS.contains(name) || name.startsWith("hugepages-")
                || name.startsWith("requests.hugepages-");
    }

    /** Whether the resource is counted in whole objects. */
    static boolean isCount(String name) {
        return COUNTS.contains(name) || name.startsWith("count/");
    }
}
