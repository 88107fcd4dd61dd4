package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What has to happen around the writes of a kind beyond the object itself, such as allocating addresses. Methods may
 * block, and refuse with a StatusException.
 */
public interface WriteHooks {
    /** Nothing happens. */
    WriteHooks NONE = new WriteHooks() {};

    /** Undoes or confirms what {@link #beforeWrite} did, once it is known whether the object was stored. */
    interface Outcome {
        /** Nothing to do. */
        Outcome NOTHING = stored -> {};

        /** @param stored whether the object was stored */
        void decided(boolean stored);
    }

    /**
     * Called before an object is validated; may fill in what it allocates.
     *
     * @param object the object as it will be stored, changed in place
     * @param old the object that it replaces, or null for a new one
     * @param dryRun whether nothing will be stored: nothing may be kept then
     */
    default Outcome beforeWrite(ObjectNode object, @Nullable ObjectNode old, boolean dryRun) {
        return Outcome.NOTHING;
    }

    /** Called after an object was removed. */
    default void afterDelete(ObjectNode object) {}

    /** Called on an object that was marked as deleted and stays for now. */
    default void adjustMarked(ObjectNode object) {}

    /** Whether an object whose deletion was requested may go now that its finalizers are gone. */
    default boolean mayVanish(ObjectNode object) {
        return true;
    }
}
