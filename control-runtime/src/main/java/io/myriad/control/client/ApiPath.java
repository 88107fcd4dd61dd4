package io.myriad.control.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

import io.myriad.api.GroupVersionResource;

/**
 * Where a collection, an object or a subresource is found. Immutable; made step by step:
 * {@code ApiPath.of(PODS).in("default").named("web-0").sub("status")}.
 *
 * @param resource group, version and plural
 * @param namespace the namespace, or empty for cluster-scoped resources and for all namespaces
 * @param name the object's name, or empty for the collection
 * @param subresource such as {@code status}, or empty
 */
public record ApiPath(GroupVersionResource resource, String namespace, String name, String subresource) {
    /** The collection of all objects of a resource. */
    public static ApiPath of(GroupVersionResource resource) {
        return new ApiPath(resource, "", "", "");
    }

    /** The same, in this namespace; empty means cluster-scoped or all namespaces. */
    public ApiPath in(String newNamespace) {
        return new ApiPath(resource, newNamespace, name, subresource);
    }

    /** The object of this name. */
    public ApiPath named(String newName) {
        return new ApiPath(resource, namespace, newName, subresource);
    }

    /** A subresource of the object. */
    public ApiPath sub(String newSubresource) {
        return new ApiPath(resource, namespace, name, newSubresource);
    }

    /** The path of the URL: {@code /apis/apps/v1/namespaces/default/deployments/web/scale}. */
    public String text() {
        StringBuilder path = new StringBuilder(96);
        path.append(resource.group().isEmpty() ? "/api/" : "/apis/").append(resource.apiVersion());
        if (!namespace.isEmpty()) {
            path.append("/namespaces/").append(encode(namespace));
        }
        path.append('/').append(resource.resource());
        if (!name.isEmpty()) {
            path.append('/').append(encode(name));
        }
        if (!subresource.isEmpty()) {
            path.append('/').append(subresource);
        }
        return path.toString();
    }

    @Override
    public String toString() {
        return text();
    }

    /** Names are nearly always plain; only RBAC's and a few others hold colons and the like. */
    static String encode(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.'
                    || c >= 'A' && c <= 'Z' || c == '_';
            if (!plain) {
                return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
            }
        }
        return segment;
    }
}
