package io.myriad.apiserver.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.myriad.api.selector.FieldSelector;

/**
 * What a request is about, read from its method, path and query as upstream's request info resolver does: authorization,
 * limits and routing go by it.
 *
 * @param isResource whether it is about a resource rather than a plain path
 * @param path the path
 * @param verb the API verb, or the lower-case method for plain paths
 * @param prefix {@code api} or {@code apis}, or empty for plain paths
 * @param group the API group, empty for the core group
 * @param version the API version
 * @param namespace or empty
 * @param resource the plural
 * @param subresource or empty
 * @param name or empty
 * @param rest what follows the subresource, without a leading slash
 * @param watchPath whether the path asks for a watch ({@code /api/v1/watch/pods})
 */
public record RequestInfo(boolean isResource, String path, String verb, String prefix, String group, String version,
        String namespace, String resource, String subresource, String name, String rest, boolean watchPath) {

    /** Subresources of a namespace; anything else below it is a resource inside. */
    private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");

    /** Reads a request. */
    public static RequestInfo of(String method, String path, QueryParameters query) {
        List<String> parts = parts(path);
        String prefix = parts.isEmpty() ? "" : parts.getFirst();
        boolean core = prefix.equals("api");
        if (!core && !prefix.equals("apis") || parts.size() < (core ? 3 : 4)) {
            return plain(method, path);
        }
        String group = core ? "" : parts.get(1);
        String version = parts.get(core ? 1 : 2);
        List<String> rest = parts.subList(core ? 2 : 3, parts.size());
        boolean watchPath = rest.getFirst().equals("watch") && rest.size() > 1;
        if (watchPath) {
            rest = rest.subList(1, rest.size());
        }
        String namespace = "";
        if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
            namespace = rest.get(1);
            boolean inside = rest.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(rest.get(2));
            rest = inside ? rest.subList(2, rest.size()) : rest;
        }
        String resource = rest.getFirst();
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? rest.get(2) : "";
        String tail = rest.size() > 3 ? String.join("/", rest.subList(3, rest.size())) : "";
        String verb = watchPath ? "watch" : verb(method, name, query);
        String selected = name.isEmpty() && (verb.equals("list") || verb.equals("watch")
                || verb.equals("deletecollection")) ? selectedName(query) : name;
        return new RequestInfo(true, path, verb, prefix, group, version, namespace, resource, subresource, selected,
                tail, watchPath);
    }

    private static RequestInfo plain(String method, String path) {
        return new RequestInfo(false, path, method.toLowerCase(java.util.Locale.ROOT), "", "", "", "", "", "", "", "",
                false);
    }

    /** Whether {@link #name} stood in the path; a name may also come from a field selector. */
    public boolean named() {
        return !verb.equals("list") && !verb.equals("deletecollection") && !(verb.equals("watch") && !watchPath)
                && !name.isEmpty();
    }

    /** The same request, as about objects of another namespace. */
    RequestInfo inNamespace(String other) {
        return new RequestInfo(isResource, path, verb, prefix, group, version, other, resource, subresource, name, rest,
                watchPath);
    }

    private static String verb(String method, String name, QueryParameters query) {
        return switch (method) {
            case "POST" -> "create";
            case "GET", "HEAD" -> name.isEmpty() ? query.flag("watch") ? "watch" : "list" : "get";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> "";
        };
    }

    /** A list that selects one name counts as one about that object, so that access to a single one can be granted. */
    private static String selectedName(QueryParameters query) {
        String selector = query.text("fieldSelector");
        if (!selector.contains("metadata.name")) {
            return "";
        }
        try {
            String name = FieldSelector.parse(selector).requiredValue("metadata.name");
            return name == null ? "" : name;
        } catch (RuntimeException malformed) {
            // Whoever parses the selector for its own sake refuses it.
            return "";
        }
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts;
    }
}
