package io.myriad.controller.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.control.informer.ObjectKey;

/**
 * What controllers keep of an object's metadata.
 *
 * @param namespace the namespace, or empty
 * @param name the name
 * @param uid the uid
 * @param resourceVersion the version
 * @param generation the generation of its spec
 * @param created when it was created
 * @param deleted when it is or was to be gone, or null when it is not being deleted
 * @param labels the labels
 * @param owners the owner references
 */
public record ObjectMeta(String namespace, String name, String uid, String resourceVersion, long generation,
        Instant created, @Nullable Instant deleted, Map<String, String> labels, List<OwnerReference> owners) {
    public ObjectKey key() {
        return new ObjectKey(namespace, name);
    }

    /** Whether it is being deleted. */
    public boolean terminating() {
        return deleted != null;
    }

    /** The owner that controls it, or null. */
    public @Nullable OwnerReference controller() {
        for (OwnerReference owner : owners) {
            if (owner.controller()) {
                return owner;
            }
        }
        return null;
    }

    /** The uid of the owner that controls it, or empty. */
    public String controllerUid() {
        OwnerReference controller = controller();
        return controller == null ? "" : controller.uid();
    }

    /** Whether it is the same version of the same object. */
    boolean sameVersion(ObjectMeta other) {
        return uid.equals(other.uid) && resourceVersion.equals(other.resourceVersion);
    }
}
