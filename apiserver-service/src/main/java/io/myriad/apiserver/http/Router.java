package io.myriad.apiserver.http;

import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.CustomKind;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;

/** Finds who answers a request. */
final class Router {
    private static final Set<String> ACROSS_NAMESPACES = Set.of("list", "watch");

    private final ResourceCatalog catalog;
    private final ResourceEndpoint resources;
    private final SubresourceEndpoint subresources;
    private final VirtualEndpoint virtual;
    private final PlainPaths paths;

    Router(ResourceCatalog catalog, ResourceEndpoint resources, SubresourceEndpoint subresources,
            VirtualEndpoint virtual, PlainPaths paths) {
        this.catalog = catalog;
        this.resources = resources;
        this.subresources = subresources;
        this.virtual = virtual;
        this.paths = paths;
    }

    void route(HttpCall call, RequestInfo info, User user) {
        if (!info.isResource()) {
            paths.serve(call, info);
            return;
        }
        GroupVersionResource name = new GroupVersionResource(info.group(), info.version(), info.resource());
        ResourceCatalog.State state = catalog.state();
        ServedResource served = state.served(name);
        Resource resource = served != null ? served.resource() : state.virtual().get(name);
        if (resource == null) {
            // As upstream, where only the servers of built-in groups answer with a Status.
            if (!state.isBuiltin(info.group())) {
                PlainText.notFound(call);
                return;
            }
            throw notFound();
        }
        Deprecations.warn(call, name);
        RequestInfo scoped = scoped(resource, info);
        if (served != null && served.customKind() instanceof CustomKind kind && !kind.deprecationWarning().isEmpty()) {
            call.warnings().accept(kind.deprecationWarning());
        }
        if (call.method().equals("HEAD")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        if (!info.subresource().isEmpty()) {
            Resource.Subresource subresource = subresource(resource, info.subresource());
            if (subresource == null) {
                throw served != null && served.custom()
                        ? new StatusException(Status.notFound(served.groupResource(), info.name()))
                        : notFound();
            }
            requireVerb(subresource.verbs(), info.verb().equals("deletecollection") ? "delete" : info.verb());
            if (served != null && info.subresource().equals("status")) {
                resources.serve(call, scoped, user, served);
            } else if (served != null) {
                subresources.serve(call, scoped, user, served, subresource);
            } else {
                throw notFound();
            }
            return;
        }
        requireVerb(resource.verbs(), info.verb());
        boolean onObject = call.method().equals("PUT") || call.method().equals("PATCH");
        if (call.method().equals("POST") && !info.name().isEmpty() || onObject && info.name().isEmpty()) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        if (served == null) {
            virtual.serve(call, scoped, user, resource);
        } else {
            resources.serve(call, scoped, user, served);
        }
    }

    private static void requireVerb(Set<String> verbs, String verb) {
        if (!verbs.contains(verb)) {
            throw ResourceEndpoint.methodNotAllowed();
        }
    }

    private static Resource.@Nullable Subresource subresource(Resource resource, String name) {
        for (Resource.Subresource subresource : resource.subresources()) {
            if (subresource.name().equals(name)) {
                return subresource;
            }
        }
        return null;
    }

    /** The request with the namespace that its objects have; refused where path and scope do not fit. */
    private static RequestInfo scoped(Resource resource, RequestInfo info) {
        boolean isNamespaces = resource.name().groupResource().equals("namespaces");
        if (resource.namespaced()) {
            if (info.namespace().isEmpty() && !ACROSS_NAMESPACES.contains(info.verb())) {
                throw info.name().isEmpty() ? ResourceEndpoint.methodNotAllowed() : notFound();
            }
            return info;
        }
        if (!info.namespace().isEmpty() && !isNamespaces) {
            throw notFound();
        }
        return info.inNamespace("");
    }

    static StatusException notFound() {
        return new StatusException(
                StatusTree.general(StatusReason.NOT_FOUND, "the server could not find the requested resource"));
    }
}
