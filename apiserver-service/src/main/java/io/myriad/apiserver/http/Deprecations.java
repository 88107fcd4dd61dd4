package io.myriad.apiserver.http;

import java.util.Map;

import io.myriad.api.GroupVersionResource;

/** The served resources that are deprecated, and what their clients are told with every answer. */
final class Deprecations {
    private static final Map<GroupVersionResource, String> TEXTS = Map.of(
            new GroupVersionResource("", "v1", "endpoints"),
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            new GroupVersionResource("", "v1", "componentstatuses"), "v1 ComponentStatus is deprecated in v1.19+");

    private Deprecations() {}

    /** Warns the client of a call about {@code resource}, if there is reason to. */
    static void warn(HttpCall call, GroupVersionResource resource) {
        String text = TEXTS.get(resource);
        if (text != null) {
            call.warnings().accept(text);
        }
    }
}
