package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.schema.Resource;
import io.myriad.apiserver.kind.Strategy;
import io.myriad.apiserver.storage.ObjectStorage;
import io.myriad.apiserver.storage.StoredKind;

/** Gives resources their storage. Versions and groups that share objects get the same one. */
public interface StorageProvider {
    /**
     * Where a resource's objects are.
     *
     * @param storage the objects
     * @param storedKind the kind and version in which they are stored
     * @param encoding how they are stored
     */
    record Stored(ObjectStorage storage, GroupVersionKind storedKind, StoredKind.Encoding encoding) {}

    /** The storage of a built-in resource, or null for one whose objects are not stored, such as a review. */
    @Nullable
    Stored builtin(Resource resource, Strategy strategy);
}
