package io.myriad.controller.model;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.selector.LabelSelector;
import io.myriad.control.client.ApiObject;
import io.myriad.control.events.ObjectReference;

/**
 * An object that a controller needs whole now and then: its metadata at hand, the rest as bytes until asked for. Two are
 * equal when they are the same version of the same object.
 */
public final class Workload {
    private final ObjectMeta meta;
    private final LabelSelector selector;
    private final ApiObject source;

    Workload(ObjectMeta meta, LabelSelector selector, ApiObject source) {
        this.meta = meta;
        this.selector = selector;
        this.source = source.snapshot();
    }

    public ObjectMeta meta() {
        return meta;
    }

    /** Its {@code spec.selector}; selects nothing where it has none or a wrong one. */
    public LabelSelector selector() {
        return selector;
    }

    /** The whole object as a tree of the caller's own. */
    public ObjectNode tree() {
        return source.copy();
    }

    /** Names this object in events. */
    public ObjectReference reference() {
        return ObjectReference.of(source.apiVersion(), source.kind(), meta.namespace(), meta.name(), meta.uid(),
                meta.resourceVersion());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Workload workload && meta.sameVersion(workload.meta);
    }

    @Override
    public int hashCode() {
        return meta.uid().hashCode();
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
