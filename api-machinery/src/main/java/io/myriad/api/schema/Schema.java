package io.myriad.api.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;

/**
 * The schema tables: every type, kind and resource. Immutable and safe to share. The built-in one comes from the tables
 * in this module's resources ({@link SchemaLoader}); a custom resource definition compiles to the same types.
 */
public final class Schema {
    /**
     * An API group.
     *
     * @param name empty for the core group
     * @param versions in order of preference
     * @param preferredVersion what discovery recommends
     */
    public record Group(String name, List<String> versions, String preferredVersion) {}

    private final Map<String, ObjectType> types;
    private final Map<GroupVersionKind, ObjectType> kinds;
    private final Map<GroupVersionResource, Resource> resources;
    private final List<Group> groups;

    Schema(Map<String, ObjectType> types, Map<GroupVersionKind, ObjectType> kinds,
            Map<GroupVersionResource, Resource> resources, List<Group> groups) {
        this.types = types;
        this.kinds = kinds;
        this.resources = resources;
        this.groups = List.copyOf(groups);
    }

    /** The built-in API, loaded at the first call. */
    public static Schema builtin() {
        return Builtin.SCHEMA;
    }

    /** The type of this definition name; it must exist. */
    public ObjectType type(String definition) {
        ObjectType type = types.get(definition);
        if (type == null) {
            throw new IllegalArgumentException("no such type: " + definition);
        }
        return type;
    }

    /** The type of a kind, or null where there is none. Covers lists, options and reviews too. */
    public @Nullable ObjectType kind(GroupVersionKind kind) {
        return kinds.get(kind);
    }

    /** Every kind that has a type. */
    public Set<GroupVersionKind> kinds() {
        return Collections.unmodifiableSet(kinds.keySet());
    }

    /** Every type, in the table's order. */
    public Collection<ObjectType> types() {
        return Collections.unmodifiableCollection(types.values());
    }

    /** The resource, or null where there is none. */
    public @Nullable Resource resource(GroupVersionResource name) {
        return resources.get(name);
    }

    /** Every resource, in the table's order. */
    public Collection<Resource> resources() {
        return resources.values();
    }

    /** The groups in the order in which discovery serves them. */
    public List<Group> groups() {
        return groups;
    }

    private static final class Builtin {
        static final Schema SCHEMA = SchemaLoader.load();
    }
}
