package io.myriad.apiserver.registry;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.Status;
import io.myriad.api.schema.ObjectType;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage;

/** What an operation has to answer, before it is encoded. */
public sealed interface Answer {
    /** The HTTP status code. */
    int code();

    /** A stored object. */
    record Stored(int code, ServedResource resource, CachedObject object) implements Answer {}

    /**
     * An object as a tree, with {@code apiVersion} and {@code kind}.
     *
     * @param kind its kind
     * @param type its type, or null when it can only be written as JSON
     * @param resource the resource that it belongs to and is printed as, or null
     */
    record Tree(int code, GroupVersionKind kind, @Nullable ObjectType type, ObjectNode object,
            @Nullable ServedResource resource) implements Answer {
        /** An object of a resource that was not stored. */
        static Tree of(int code, ServedResource resource, ObjectNode object) {
            return new Tree(code, resource.kind(), resource.custom() ? null : resource.type(), object, resource);
        }
    }

    /** A success without an object: {@code details} says what it was about. */
    record Success(int code, Status.@Nullable Details details) implements Answer {}

    /** Stored objects. */
    record Listing(ServedResource resource, ObjectStorage.ListResult list) implements Answer {
        @Override
        public int code() {
            return 200;
        }
    }
}
