package io.myriad.apiserver.admission;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.StatusReason;
import io.myriad.apiserver.storage.ObjectLookup;

/** Nothing is created in a namespace that is absent or ending, and the namespaces that a cluster needs stay. */
final class NamespaceLifecycle implements AdmissionPlugin {
    private static final GroupVersionResource NAMESPACES = new GroupVersionResource("", "v1", "namespaces");
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");
    /** Reviews about one's own access are answered without a namespace, as upstream does. */
    private static final Set<String> WITHOUT_NAMESPACE = Set.of("localsubjectaccessreviews");

    private final ObjectLookup lookup;

    NamespaceLifecycle(ObjectLookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public String name() {
        return "NamespaceLifecycle";
    }

    @Override
    public void validate(Attributes attributes) {
        String resource = attributes.resource().resource();
        boolean namespaces = resource.equals("namespaces") && attributes.resource().group().isEmpty();
        if (namespaces) {
            if (attributes.operation() == Operation.DELETE && IMMORTAL.contains(attributes.name())) {
                throw new StatusException(
                        Status.forbidden("namespaces", attributes.name(), "this namespace may not be deleted"));
            }
            return;
        }
        if (attributes.namespace().isEmpty() || attributes.operation() != Operation.CREATE
                || WITHOUT_NAMESPACE.contains(resource)) {
            return;
        }
        ObjectNode namespace = namespace(attributes.namespace());
        if (namespace == null) {
            throw new StatusException(Status.notFound("namespaces", attributes.namespace()));
        }
        if (namespace.path("metadata").has("deletionTimestamp")
                || namespace.path("status").path("phase").stringValue("").equals("Terminating")) {
            throw new StatusException(terminating(attributes));
        }
    }

    private @Nullable ObjectNode namespace(String name) {
        ObjectNode cached = lookup.cached(NAMESPACES, "", name);
        // The cache may not have heard of a namespace that was made a moment ago.
        return cached != null ? cached : lookup.current(NAMESPACES, "", name);
    }

    private static Status terminating(Attributes attributes) {
        String resource = attributes.resource().groupResource();
        String why = "unable to create new content in namespace " + attributes.namespace()
                + " because it is being terminated";
        Status.Cause cause = new Status.Cause("NamespaceTerminating",
                "namespace " + attributes.namespace() + " is being terminated", "metadata.namespace");
        return new Status(StatusReason.FORBIDDEN.code(), StatusReason.FORBIDDEN,
                resource + " \"" + attributes.name() + "\" is forbidden: " + why,
                new Status.Details(attributes.name(), attributes.resource().group(), attributes.resource().resource(),
                        "", List.of(cause), 0));
    }
}
