package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps {@code metadata.managedFields}: who owns which field. Called with trees in the served version, before admission
 * and before the strategy prepares the object, as upstream has it.
 */
public interface FieldOwnership {
    /**
     * Records that a create, update or patch by a manager made {@code object} out of {@code live}.
     *
     * @param live what was there, or null for a new object
     */
    void recordUpdate(ServedResource resource, @Nullable ObjectNode live, ObjectNode object, WriteRequest request);

    /**
     * Merges an applied configuration.
     *
     * @param live what is there, or null for a new object
     * @param force whether fields are taken over from other managers
     * @throws io.myriad.api.StatusException 409 with a cause for each field that others own
     */
    ObjectNode apply(ServedResource resource, @Nullable ObjectNode live, ObjectNode configuration, boolean force,
            WriteRequest request);

    /** Takes over the times of {@code old}'s entries where nothing but the times differ, so that a no-op stays one. */
    void ignoreTimes(ServedResource resource, ObjectNode object, ObjectNode old);
}
