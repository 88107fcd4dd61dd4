package io.myriad.api.apply;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.schema.ObjectType;

/**
 * Gives objects in the other versions of their kind: managers own fields in the version in which they wrote. Called only
 * when somebody wrote the object in another version than the request's.
 */
@FunctionalInterface
public interface Versions {
    /** For kinds with one version: any other is gone, and what was owned in it is forgotten. */
    Versions ONE = (object, apiVersion) -> null;

    /**
     * An object and its type in a version.
     *
     * @param object the object, which may share parts with what was converted
     * @param type the type of the kind in that version
     */
    record Versioned(ObjectNode object, ObjectType type) {}

    /**
     * Converts an object.
     *
     * @param object the object, with its {@code apiVersion}; must not be changed
     * @param apiVersion the wanted version
     * @return null when the kind has no such version (any more)
     */
    @Nullable
    Versioned convert(ObjectNode object, String apiVersion);
}
