package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.apiserver.storage.CachedObject;

/**
 * Changes objects on behalf of operations that are not about the object as a whole, such as binding a pod: without
 * strategy, admission or managed fields, and as often as it takes against other writers.
 */
final class Modifier {
    private static final int MAX_ATTEMPTS = 32;

    /** Changes the object in place; refuses with a StatusException. */
    interface Change {
        void apply(ObjectNode object);
    }

    /**
     * What the object must be.
     *
     * @param uid its uid, or empty
     * @param resourceVersion its version, or empty
     */
    record Preconditions(String uid, String resourceVersion) {
        static final Preconditions NONE = new Preconditions("", "");
    }

    private Modifier() {}

    /**
     * Changes an object.
     *
     * @return the object as it is stored now, or would be
     */
    static CachedObject modify(ServedResource resource, String namespace, String name, Preconditions preconditions,
            boolean dryRun, Change change) {
        CachedObject current = resource.storage().get(namespace, name, "0");
        boolean fresh = false;
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            try {
                CachedObject written = attempt(resource, name, current, preconditions, dryRun, change);
                if (written != null) {
                    return written;
                }
            } catch (StatusException refused) {
                if (fresh) {
                    throw refused;
                }
            }
            current = resource.storage().get(namespace, name, "");
            fresh = true;
        }
        throw new StatusException(Status.conflict(resource.groupResource(), name, Updater.OPTIMISTIC_LOCK));
    }

    private static @Nullable CachedObject attempt(ServedResource resource, String name,
            @Nullable CachedObject current, Preconditions preconditions, boolean dryRun, Change change) {
        if (current == null) {
            throw resource.notFound(name);
        }
        ObjectNode object = resource.form().decode(current);
        Metadata metadata = Metadata.of(object);
        if (!preconditions.uid().isEmpty() && !preconditions.uid().equals(metadata.uid())) {
            throw conflict(resource, name, "UID", preconditions.uid(), metadata.uid());
        }
        if (!preconditions.resourceVersion().isEmpty()
                && !preconditions.resourceVersion().equals(metadata.resourceVersion())) {
            throw conflict(resource, name, "ResourceVersion", preconditions.resourceVersion(),
                    metadata.resourceVersion());
        }
        change.apply(object);
        byte[] after = resource.form().encodeWithoutVersion(object);
        if (dryRun || resource.storage().isStored(current, after)) {
            return current;
        }
        return resource.storage().replace(current, after, resource.strategy().timeToLiveSeconds(object));
    }

    private static StatusException conflict(ServedResource resource, String name, String what, String wanted,
            String found) {
        return new StatusException(Status.conflict(resource.groupResource(), name, "Precondition failed: " + what
                + " in precondition: " + wanted + ", " + what + " in object meta: " + found));
    }
}
