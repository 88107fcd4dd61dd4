package io.myriad.apiserver.admission.webhook;

import java.util.LinkedHashSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.apiserver.admission.AdmissionPlugin;

/**
 * Which writes a webhook is for; {@code *} stands for all. Resources are {@code pods}, {@code pods/status}, <code>pods/*
 * </code>, <code>*&#47;scale</code> and the like.
 *
 * @param scope {@code Cluster}, {@code Namespaced} or {@code *}
 * @param objects the names of objects; none for all
 */
public record Rule(Set<String> operations, Set<String> groups, Set<String> versions, Set<String> resources,
        String scope,
        Set<String> objects) {
    private static final String ALL = "*";

    static Rule of(JsonNode rule) {
        return new Rule(texts(rule.path("operations")), texts(rule.path("apiGroups")),
                texts(rule.path("apiVersions")), texts(rule.path("resources")), rule.path("scope").asString(ALL),
                texts(rule.path("resourceNames")));
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new LinkedHashSet<>();
        list.forEach(one -> texts.add(one.asString("")));
        return Set.copyOf(texts);
    }

    /**
     * Whether the rule is about a write.
     *
     * @param name of the object
     * @param namespaced whether the object lives in a namespace; namespaces themselves do not
     */
    boolean matches(AdmissionPlugin.Operation operation, GroupVersionResource resource, String subresource,
            String name, boolean namespaced) {
        return (objects.isEmpty() || objects.contains(name)) && has(operations, operation.name())
                && has(groups, resource.group())
                && has(versions, resource.version()) && names(resource.resource(), subresource) && switch (scope) {
                    case "Cluster" -> !namespaced;
                    case "Namespaced" -> namespaced;
                    default -> true;
                };
    }

    private static boolean has(Set<String> set, String value) {
        return set.contains(ALL) || set.contains(value);
    }

    private boolean names(String resource, String subresource) {
        if (resources.contains("*/*")) {
            return true;
        }
        return subresource.isEmpty()
                ? resources.contains(ALL) || resources.contains(resource)
                : resources.contains(resource + "/" + subresource) || resources.contains(resource + "/*")
                        || resources.contains("*/" + subresource);
    }
}
