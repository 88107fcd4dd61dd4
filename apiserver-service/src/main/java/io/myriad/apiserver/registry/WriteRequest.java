package io.myriad.apiserver.registry;

import java.util.function.Consumer;

import io.myriad.apiserver.authentication.User;

/**
 * Who writes what, and how.
 *
 * @param user who
 * @param namespace the namespace of the path, empty for cluster-scoped resources
 * @param name the name of the path, empty on a create
 * @param subresource or empty
 * @param manager who will own the fields: the {@code fieldManager} parameter, or what the User-Agent begins with
 * @param dryRun whether nothing is stored
 * @param fieldValidation what becomes of unknown fields
 * @param warnings takes warnings for the client
 */
public record WriteRequest(User user, String namespace, String name, String subresource, String manager,
        boolean dryRun, FieldValidation fieldValidation, Consumer<String> warnings) {
    /** The same write, of another object. */
    public WriteRequest named(String newNamespace, String newName) {
        return new WriteRequest(user, newNamespace, newName, subresource, manager, dryRun, fieldValidation, warnings);
    }
}
