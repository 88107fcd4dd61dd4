package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
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

        /** Whether the group is served and has resources that come from no definition. */
        public boolean isBuiltin(String groupName) {
            return group(groupName) instanceof Group found && found.versions().values().stream().flatMap(List::stream)
                    .anyMatch(resource -> !(served(resource.name()) instanceof ServedResource stored
                            && stored.custom()));
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

    private final State builtin;
    private volatile State state;

    ResourceCatalog(State builtin) {
        this.builtin = builtin;
        this.state = builtin;
    }

    /** What is served now. */
    public State state() {
        return state;
    }

    /**
     * Replaces the custom resources.
     *
     * @param custom all of them, by group in the order in which discovery shows them; a group's versions in order of
     *            preference. They come after the built-in groups, or beside what a built-in group has
     */
    public synchronized void replaceCustom(Collection<Group> custom, Collection<ServedResource> resources) {
        Map<GroupVersionResource, ServedResource> served = new HashMap<>(builtin.served());
        resources.forEach(resource -> served.put(resource.name(), resource));
        Map<String, Group> groups = new LinkedHashMap<>();
        builtin.groups().forEach(group -> groups.put(group.name(), group));
        custom.forEach(group -> groups.merge(group.name(), group, ResourceCatalog::merge));
        state = new State(List.copyOf(groups.values()), Map.copyOf(served), builtin.virtual(),
                state.generation() + 1);
    }

    private static Group merge(Group builtin, Group custom) {
        Map<String, List<Resource>> versions = new LinkedHashMap<>(builtin.versions());
        custom.versions().forEach((version, resources) -> versions.merge(version, resources, (first, second) -> {
            List<Resource> both = new ArrayList<>(first);
            both.addAll(second);
            return List.copyOf(both);
        }));
        return new Group(builtin.name(), builtin.preferredVersion(), Collections.unmodifiableMap(versions));
    }
}
