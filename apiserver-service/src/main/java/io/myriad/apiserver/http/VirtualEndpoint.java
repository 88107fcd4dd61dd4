package io.myriad.apiserver.http;

import io.myriad.api.schema.Resource;
import io.myriad.apiserver.authentication.User;

/** Serves resources without storage: reviews, bindings, component statuses. */
interface VirtualEndpoint {
    void serve(HttpCall call, RequestInfo info, User user, Resource resource);
}
