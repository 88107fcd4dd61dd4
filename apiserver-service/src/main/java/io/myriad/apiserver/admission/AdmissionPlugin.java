package io.myriad.apiserver.admission;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.StatusException;
import io.myriad.apiserver.authentication.User;

/**
 * Changes or refuses a write. {@link #admit} of all plugins runs before {@link #validate} of any. Refusals are {@link
 * StatusException}. Safe for any thread; may read caches.
 */
public interface AdmissionPlugin {
    /** What is done to the object. */
    enum Operation {
        CREATE, UPDATE, DELETE, CONNECT
    }

    /**
     * A write under way.
     *
     * @param operation what is done
     * @param resource which resource
     * @param kind the kind of the object sent (a subresource's may differ from the resource's)
     * @param subresource or empty
     * @param namespace or empty
     * @param name the object's name; empty on a create with generateName
     * @param user who
     * @param object the object as it will be stored, to be changed in place; null on DELETE
     * @param oldObject the stored object; null on CREATE
     * @param dryRun whether nothing will be stored
     * @param warnings takes warnings for the client
     */
    record Attributes(Operation operation, GroupVersionResource resource, GroupVersionKind kind, String subresource,
            String namespace, String name, User user, @Nullable ObjectNode object, @Nullable ObjectNode oldObject,
            boolean dryRun, Consumer<String> warnings) {}

    /** The plugin's name as {@code --enable-admission-plugins} knows it. */
    String name();

    /** May change the object. */
    default void admit(Attributes attributes) {}

    /** May refuse the write. */
    default void validate(Attributes attributes) {}
}
