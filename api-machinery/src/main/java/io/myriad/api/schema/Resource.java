package io.myriad.api.schema;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * A resource that the API serves.
 *
 * @param name group, version and plural
 * @param kind the kind of its objects
 * @param singular the singular name
 * @param shortNames short names for the command line
 * @param categories such as {@code all}
 * @param namespaced whether objects live in namespaces
 * @param level how stable it is; only stable ones are served by default
 * @param verbs the verbs, sorted
 * @param type the type of its objects
 * @param listType the type of its lists, or null for resources that cannot be listed
 * @param subresources what lies below an object
 */
public record Resource(GroupVersionResource name, GroupVersionKind kind, String singular, List<String> shortNames,
        List<String> categories, boolean namespaced, Level level, Set<String> verbs, ObjectType type,
        @Nullable ObjectType listType, List<Subresource> subresources) {

    /** How stable a resource is. */
    public enum Level {
        STABLE, BETA, ALPHA
    }

    /**
     * A subresource such as {@code pods/status}.
     *
     * @param name the part after the slash
     * @param kind the kind it reads and writes, which may live in another group ({@code autoscaling/v1 Scale})
     * @param verbs the verbs, sorted
     */
    public record Subresource(String name, GroupVersionKind kind, Set<String> verbs) {}
}
