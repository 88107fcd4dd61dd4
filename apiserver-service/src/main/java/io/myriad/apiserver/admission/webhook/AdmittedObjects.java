package io.myriad.apiserver.admission.webhook;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/** What webhooks have to know of the kinds that are served. Safe for any thread. */
public interface AdmittedObjects {
    /** A resource in one of its versions. */
    record Version(GroupVersionResource resource, GroupVersionKind kind) {}

    /** The other versions in which the resource's objects are served, in discovery's order. */
    List<Version> otherVersions(GroupVersionResource resource);

    /** Where the objects of a kind are. */
    record Place(GroupVersionResource resource, boolean namespaced) {}

    /** Where the objects of a kind are, or null when it is not served. */
    @Nullable
    Place place(GroupVersionKind kind);

    /** The object of one version in another; a new tree. */
    ObjectNode converted(ObjectNode object, Version from, Version to);

    /**
     * An object that a webhook changed, read as its kind: what the kind does not have is gone, defaults are there.
     *
     * @throws io.myriad.api.StatusException when it is no object of the kind
     */
    ObjectNode completed(ObjectNode patched, Version version);
}
