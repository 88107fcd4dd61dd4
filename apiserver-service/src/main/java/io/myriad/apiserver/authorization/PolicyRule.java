package io.myriad.apiserver.authorization;

import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * One rule of a role, and how requests are held against it.
 *
 * @param verbs verbs, or {@code *}
 * @param apiGroups groups, or {@code *}
 * @param resources {@code pods}, {@code pods/status}, {@code *\/scale}, or {@code *}
 * @param resourceNames names, empty for all
 * @param nonResourceUrls paths, with a trailing {@code *} for a prefix
 */
record PolicyRule(List<String> verbs, List<String> apiGroups, List<String> resources, List<String> resourceNames,
        List<String> nonResourceUrls) {
    private static final String ALL = "*";

    static List<PolicyRule> of(JsonNode rules) {
        List<PolicyRule> result = new ArrayList<>(rules.size());
        for (JsonNode rule : rules) {
            result.add(new PolicyRule(strings(rule.path("verbs")), strings(rule.path("apiGroups")),
                    strings(rule.path("resources")), strings(rule.path("resourceNames")),
                    strings(rule.path("nonResourceURLs"))));
        }
        return List.copyOf(result);
    }

    boolean allows(Authorizer.Attributes request) {
        if (!hasVerb(request.verb())) {
            return false;
        }
        return request.isResource()
                ? hasGroup(request.group()) && hasResource(request.resource(), request.subresource())
                        && (resourceNames.isEmpty() || resourceNames.contains(request.name()))
                : hasPath(request.path());
    }

    /** Whether this rule grants everything that {@code other}, which names one thing in each dimension, grants. */
    boolean coversSimple(PolicyRule other) {
        if (!hasVerb(other.verbs.getFirst())) {
            return false;
        }
        if (!other.nonResourceUrls.isEmpty()) {
            return hasPath(other.nonResourceUrls.getFirst());
        }
        String resource = other.resources.getFirst();
        int slash = resource.indexOf('/');
        boolean resourceCovered = slash < 0
                ? hasResource(resource, "")
                : hasResource(resource.substring(0, slash), resource.substring(slash + 1));
        return hasGroup(other.apiGroups.getFirst()) && resourceCovered && (resourceNames.isEmpty()
                || !other.resourceNames.isEmpty() && resourceNames.contains(other.resourceNames.getFirst()));
    }

    /** The rule as one rule for each combination of what it names. */
    List<PolicyRule> simple() {
        List<PolicyRule> result = new ArrayList<>();
        for (String verb : verbs) {
            for (String url : nonResourceUrls) {
                result.add(new PolicyRule(List.of(verb), List.of(), List.of(), List.of(), List.of(url)));
            }
            for (String group : apiGroups) {
                for (String resource : resources) {
                    for (String name : resourceNames.isEmpty() ? List.of("") : resourceNames) {
                        result.add(new PolicyRule(List.of(verb), List.of(group), List.of(resource),
                                name.isEmpty() ? List.of() : List.of(name), List.of()));
                    }
                }
            }
        }
        return result;
    }

    private boolean hasVerb(String verb) {
        return verbs.contains(ALL) || verbs.contains(verb);
    }

    private boolean hasGroup(String group) {
        return apiGroups.contains(ALL) || apiGroups.contains(group);
    }

    private boolean hasResource(String resource, String subresource) {
        if (resources.contains(ALL)) {
            return true;
        }
        return subresource.isEmpty()
                ? resources.contains(resource)
                : resources.contains(resource + "/" + subresource) || resources.contains("*/" + subresource);
    }

    private boolean hasPath(String path) {
        for (String url : nonResourceUrls) {
            if (url.equals(ALL) || url.equals(path)
                    || url.endsWith(ALL) && path.startsWith(url.substring(0, url.length() - 1))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> strings(JsonNode array) {
        List<String> result = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            result.add(element.asString());
        }
        return List.copyOf(result);
    }
}
