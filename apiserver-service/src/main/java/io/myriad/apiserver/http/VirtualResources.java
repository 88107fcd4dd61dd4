package io.myriad.apiserver.http;

import java.util.function.Supplier;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.ResourceCatalog;
import io.myriad.apiserver.registry.ServedResource;
import io.myriad.apiserver.review.Reviews;

/** Serves the resources without storage: reviews, the old path of bindings, component statuses. */
final class VirtualResources implements VirtualEndpoint {
    private static final GroupVersionResource PODS = new GroupVersionResource("", "v1", "pods");

    private final Supplier<ResourceCatalog.State> catalog;
    private final ReviewEndpoint reviews;
    private final Subresources subresources;
    private final ComponentStatuses components;

    VirtualResources(Supplier<ResourceCatalog.State> catalog, ReviewEndpoint reviews, Subresources subresources,
            ComponentStatuses components) {
        this.catalog = catalog;
        this.reviews = reviews;
        this.subresources = subresources;
        this.components = components;
    }

    @Override
    public void serve(HttpCall call, RequestInfo info, User user, Resource resource) {
        if (Reviews.answers(resource.name().group(), resource.name().resource())) {
            reviews.serve(call, info, user, resource);
            return;
        }
        switch (resource.name().groupResource()) {
            case "bindings" -> {
                ServedResource pods = catalog.get().served(PODS);
                if (pods == null) {
                    throw Router.notFound();
                }
                subresources.bind(call, info, user, pods, "");
            }
            case "componentstatuses" -> components.serve(call, info, resource);
            default -> throw new StatusException(StatusTree.general(StatusReason.NOT_FOUND,
                    "the server could not find the requested resource"));
        }
    }
}
