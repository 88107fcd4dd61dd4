package io.myriad.apiserver.registry;

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;

/** The built-in kinds that are served in another version than the one they are stored in. */
final class Conversions {
    /** Kinds whose versions differ in their name only: the same fields with the same numbers. */
    private static final Set<String> SAME_SHAPE = Set.of("ClusterTrustBundle.certificates.k8s.io",
            "DeviceTaintRule.resource.k8s.io", "StorageVersionMigration.storagemigration.k8s.io",
            "PodCertificateRequest.certificates.k8s.io");

    private static final GroupVersionKind CORE_EVENT = new GroupVersionKind("", "v1", "Event");
    private static final GroupVersionKind EVENT = new GroupVersionKind("events.k8s.io", "v1", "Event");
    private static final GroupVersionKind AUTOSCALER_V2 = new GroupVersionKind("autoscaling", "v2",
            "HorizontalPodAutoscaler");
    private static final GroupVersionKind AUTOSCALER_V1 = new GroupVersionKind("autoscaling", "v1",
            "HorizontalPodAutoscaler");

    private static final GroupVersionKind STATEFUL_SET = new GroupVersionKind("apps", "v1", "StatefulSet");

    private record Pair(GroupVersionKind stored, GroupVersionKind served) {}

    private static final Map<Pair, Conversion> TABLE = Map.of(new Pair(CORE_EVENT, EVENT), new EventConversion(),
            new Pair(AUTOSCALER_V2, AUTOSCALER_V1), new AutoscalerConversion(), new Pair(STATEFUL_SET, STATEFUL_SET),
            new ClaimTemplates(),
            new Pair(new GroupVersionKind("apiextensions.k8s.io", "v1beta1", "CustomResourceDefinition"),
                    new GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")),
            new DefinitionConversion());

    private Conversions() {}

    /** The conversion between two versions, or null where there is none. */
    static @Nullable Conversion between(GroupVersionKind stored, GroupVersionKind served) {
        return TABLE.get(new Pair(stored, served));
    }

    /** Whether two versions of a kind have the same fields. */
    static boolean sameShape(GroupVersionKind stored, GroupVersionKind served) {
        return stored.group().equals(served.group()) && stored.kind().equals(served.kind())
                && SAME_SHAPE.contains(served.kind() + "." + served.group());
    }

    /** Moves a field to another name; nothing when it is absent. */
    static void rename(ObjectNode object, String from, String to) {
        JsonNode value = object.remove(from);
        if (value != null) {
            object.set(to, value);
        }
    }
}
