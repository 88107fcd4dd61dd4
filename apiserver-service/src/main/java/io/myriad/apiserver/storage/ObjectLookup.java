package io.myriad.apiserver.storage;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionResource;

/**
 * Reads single objects for those who decide about requests: authentication, authorization and admission. Answers come
 * from the watch cache and may be slightly old unless said otherwise. Safe for any thread; may block.
 */
public interface ObjectLookup {
    /** The object as the cache has it, decoded; null where there is none. */
    @Nullable
    ObjectNode cached(GroupVersionResource resource, String namespace, String name);

    /** The object as it is now, read from a quorum; null where there is none. */
    @Nullable
    ObjectNode current(GroupVersionResource resource, String namespace, String name);

    /**
     * Cached objects of a namespace whose selectable field has a value.
     *
     * @param namespace empty for all
     * @param field a selectable field of the kind, or empty for every object
     * @param value the value to match
     */
    List<ObjectNode> select(GroupVersionResource resource, String namespace, String field, String value);
}
