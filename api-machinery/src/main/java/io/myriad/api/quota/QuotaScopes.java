package io.myriad.api.quota;

import tools.jackson.databind.JsonNode;

/** Which objects a quota with scopes counts. Pure; safe for any thread. */
public final class QuotaScopes {
    private QuotaScopes() {}

    /**
     * Whether a quota counts an object, as far as its scopes say.
     *
     * @param quotaSpec the quota's {@code spec}
     * @param groupResource the object's resource; scopes are about pods, and about claims in one case
     * @param object its tree
     */
    public static boolean match(JsonNode quotaSpec, String groupResource, JsonNode object) {
        for (JsonNode scope : quotaSpec.path("scopes")) {
            if (!holds(scope.asString(), "Exists", scope, groupResource, object)) {
                return false;
            }
        }
        for (JsonNode expression : quotaSpec.path("scopeSelector").path("matchExpressions")) {
            if (!holds(expression.path("scopeName").asString(""), expression.path("operator").asString(""),
                    expression.path("values"), groupResource, object)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(String scope, String operator, JsonNode values, String groupResource,
            JsonNode object) {
        JsonNode spec = object.path("spec");
        if (scope.equals("VolumeAttributesClass")) {
            return groupResource.equals("persistentvolumeclaims")
                    && selects(spec.path("volumeAttributesClassName").asString(""), operator, values);
        }
        if (!groupResource.equals("pods")) {
            return false;
        }
        boolean bestEffort = PodResources.requests(spec).isEmpty() && PodResources.limits(spec).isEmpty();
        return switch (scope) {
            case "Terminating" -> spec.path("activeDeadlineSeconds").longValue(-1) >= 0;
            case "NotTerminating" -> spec.path("activeDeadlineSeconds").longValue(-1) < 0;
            case "BestEffort" -> bestEffort;
            case "NotBestEffort" -> !bestEffort;
            case "PriorityClass" -> selects(spec.path("priorityClassName").asString(""), operator, values);
            case "CrossNamespacePodAffinity" -> crossesNamespaces(spec.path("affinity"));
            default -> false;
        };
    }

    private static boolean selects(String name, String operator, JsonNode values) {
        boolean listed = values.valueStream().anyMatch(value -> value.asString().equals(name));
        return switch (operator) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "Exists" -> !name.isEmpty();
            case "DoesNotExist" -> name.isEmpty();
            default -> false;
        };
    }

    private static boolean crossesNamespaces(JsonNode affinity) {
        for (String kind : new String[]{"podAffinity", "podAntiAffinity"}) {
            JsonNode terms = affinity.path(kind);
            for (JsonNode term : terms.path("requiredDuringSchedulingIgnoredDuringExecution")) {
                if (crosses(term)) {
                    return true;
                }
            }
            for (JsonNode weighted : terms.path("preferredDuringSchedulingIgnoredDuringExecution")) {
                if (crosses(weighted.path("podAffinityTerm"))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean crosses(JsonNode term) {
        return !term.path("namespaces").isEmpty() || term.hasNonNull("namespaceSelector");
    }
}
