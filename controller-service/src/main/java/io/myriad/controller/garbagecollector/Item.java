package io.myriad.controller.garbagecollector;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.control.client.Discovery.ApiResource;

/**
 * What the garbage collector knows of an object. Immutable.
 *
 * @param resource what it is
 * @param namespace its namespace, or empty
 * @param name its name
 * @param uid its uid
 * @param resourceVersion its version
 * @param owners its owner references
 * @param deleting whether it is being deleted
 * @param foreground whether it has the finalizer that waits for dependents
 * @param orphan whether it has the finalizer that sets dependents free
 */
record Item(ApiResource resource, String namespace, String name, String uid, String resourceVersion,
        List<OwnerReference> owners, boolean deleting, boolean foreground, boolean orphan) {
    static final String FOREGROUND_FINALIZER = "foregroundDeletion";
    static final String ORPHAN_FINALIZER = "orphan";

    /** Whether it is being deleted and waits until its dependents are gone. */
    boolean waitsForDependents() {
        return deleting && foreground;
    }

    /** Whether it is being deleted and its dependents are to be set free. */
    boolean setsDependentsFree() {
        return deleting && orphan;
    }

    /** Its reference to the owner of this uid, or null. */
    @Nullable
    OwnerReference reference(String ownerUid) {
        for (OwnerReference owner : owners) {
            if (owner.uid().equals(ownerUid)) {
                return owner;
            }
        }
        return null;
    }

    /** Whether a reference in {@code dependent} means this object: uids alone can be wrong or forged. */
    boolean isMeantBy(Item dependent, OwnerReference reference) {
        return uid.equals(reference.uid()) && name.equals(reference.name())
                && resource.kind().kind().equals(reference.kind())
                && resource.kind().group().equals(group(reference.apiVersion()))
                && (namespace.isEmpty() || namespace.equals(dependent.namespace));
    }

    static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    @Override
    public int hashCode() {
        return uid.hashCode();
    }

    @Override
    public String toString() {
        return resource.kind().kind() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
