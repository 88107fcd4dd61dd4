package io.myriad.apiserver.http;

import io.myriad.api.schema.Resource;
import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.registry.ServedResource;

/** Serves subresources other than {@code status}. */
interface SubresourceEndpoint {
    void serve(HttpCall call, RequestInfo info, User user, ServedResource resource,
            Resource.Subresource subresource);
}
