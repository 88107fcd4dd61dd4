package io.myriad.apiserver.admission;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Which writes are about pods themselves, and what several plugins ask of them. */
final class Pods {
    private Pods() {}

    /** The pod that is being created, or null for anything else. */
    static @Nullable ObjectNode created(AdmissionPlugin.Attributes attributes) {
        return isPod(attributes) && attributes.operation() == AdmissionPlugin.Operation.CREATE
                ? attributes.object()
                : null;
    }

    static boolean isPod(AdmissionPlugin.Attributes attributes) {
        return attributes.resource().group().isEmpty() && attributes.resource().resource().equals("pods")
                && attributes.subresource().isEmpty();
    }

    /** Whether the pod mirrors one that its node got from elsewhere. */
    static boolean isMirror(ObjectNode pod) {
        return pod.path("metadata").path("annotations").has("kubernetes.io/config.mirror");
    }
}
