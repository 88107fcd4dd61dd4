package io.myriad.apiserver.authorization;

import java.util.List;

import io.myriad.apiserver.authentication.User;

/** Decides what a user may do. Safe for any thread; answers from memory. */
public interface Authorizer {
    /**
     * What a user wants to do.
     *
     * @param user who
     * @param verb get, list, watch, create, update, patch, delete, deletecollection, or another; lower-case HTTP method
     *     for paths outside resources
     * @param namespace or empty
     * @param group the API group
     * @param version the API version
     * @param resource or empty for a path outside resources
     * @param subresource or empty
     * @param name or empty
     * @param path the URL path, for requests outside resources
     * @param fieldSelector the request's field selector as sent, or empty
     */
    record Attributes(User user, String verb, String namespace, String group, String version, String resource,
            String subresource, String name, String path, String fieldSelector) {
        /** Whether this is about a resource rather than a path. */
        public boolean isResource() {
            return !resource.isEmpty();
        }
    }

    /**
     * An answer.
     *
     * @param allowed whether it may be done
     * @param reason why, for reviews and messages; may be empty
     * @param evaluationError what went wrong on the way, or empty
     */
    record Decision(boolean allowed, String reason, String evaluationError) {}

    /** What a rules review lists. */
    record Rule(List<String> verbs, List<String> apiGroups, List<String> resources, List<String> resourceNames,
            List<String> nonResourceUrls) {}

    /** Whether the user may. */
    Decision authorize(Attributes attributes);

    /** Every rule that applies to the user in the namespace. */
    List<Rule> rulesFor(User user, String namespace);
}
