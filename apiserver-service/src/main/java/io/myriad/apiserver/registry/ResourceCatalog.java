package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.myriad.api.GroupVersionResource;
import io.myriad.api.schema.Resource;

/**
 * Which resources are served now. Readers see one immutable state after the other; definitions of custom resources make
 * new ones. Safe for any thread.
 */
public final class ResourceCatalog {
    /**
     * A group and what it serves, in the order in which discovery shows it.
     *
     * @param name empty for the core group
     * @param preferredVersion what discovery recommends
     * @param versions by version, in order of preference: the resources, in discovery's order
     */
    public record Group(String name, String preferredVersion, Map<String, List<Resource>> versions) {}

    /**
     * One state of the catalog.
     *
     * @param groups in discovery's order, the core group first
     * @param served the stored resources
     * @param virtual resources that are answered without storage: reviews, bindings
     * @param generation grows with each change
     */
    public record State(List<Group> groups, Map<GroupVersionResource, ServedResource> served,
            Map<GroupVersionResource, Resource> virtual, long generation) {
        /** The stored resource, or null. */
        public @Nullable ServedResource served(GroupVersionResource name) {
            return served.get(name);
        }

        /** Whether any resource of the group and version is served. */
        public boolean serves(String group, String version) {
            return group(group) instanceof Group found && found.versions().containsKey(version);
        }

        /** The group, or null. */
        public @Nullable Group group(String name) {
            for (Group group : groups) {
                if (group.name().equals(name)) {
                    return group;
                }
            }
            return null;
        }
    }

    private volatile State state;

    ResourceCatalog(State builtin) {
        this.state = builtin;
    }

    /** What is served now. */
    public State state() {
        return state;
    }

    /** Replaces the custom groups: {@code groups} come after the built-in ones, {@code custom} beside theirs. */
    synchronized void replaceCustom(State builtin, List<Group> groups, Collection<ServedResource> custom) {
        Map<GroupVersionResource, ServedResource> served = new LinkedHashMap<>(builtin.served());
        custom.forEach(resource -> served.put(resource.name(), resource));
        List<Group> all = new ArrayList<>(builtin.groups());
        all.addAll(groups);
        state = new State(List.copyOf(all), Map.copyOf(served), builtin.virtual(), state.generation() + 1);
    }
}
