package io.myriad.apiserver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of an object's dependents when it is deleted, and the finalizers that make the garbage collector do it.
 */
final class GarbagePolicy {
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    /** Kinds whose dependents outlive them unless something else is asked for. */
    private static final Set<String> ORPHANS_BY_DEFAULT = Set.of("replicationcontrollers", "jobs.batch");
    /** Kinds that never have dependents. */
    private static final Set<String> WITHOUT_DEPENDENTS = Set.of("events", "events.events.k8s.io");

    private GarbagePolicy() {}

    /** The finalizers of an object that is deleted with these options. */
    static List<String> finalizers(String groupResource, List<String> current, DeleteOptions options) {
        if (WITHOUT_DEPENDENTS.contains(groupResource)) {
            return without(current);
        }
        List<String> result = without(current);
        if (orphans(groupResource, current, options)) {
            result.add(ORPHAN);
        }
        if (foreground(current, options)) {
            result.add(FOREGROUND);
        }
        return result;
    }

    private static List<String> without(List<String> current) {
        List<String> result = new ArrayList<>(current);
        result.removeIf(finalizer -> finalizer.equals(ORPHAN) || finalizer.equals(FOREGROUND));
        return result;
    }

    private static boolean orphans(String groupResource, List<String> current, DeleteOptions options) {
        if (options.orphanDependents() != null) {
            return options.orphanDependents();
        }
        if (options.propagationPolicy() != null) {
            return options.propagationPolicy().equals("Orphan");
        }
        @Nullable
        String standing = standing(current);
        return standing != null ? standing.equals(ORPHAN) : ORPHANS_BY_DEFAULT.contains(groupResource);
    }

    private static boolean foreground(List<String> current, DeleteOptions options) {
        if (options.orphanDependents() != null) {
            return false;
        }
        if (options.propagationPolicy() != null) {
            return options.propagationPolicy().equals("Foreground");
        }
        return FOREGROUND.equals(standing(current));
    }

    /** The first of the two finalizers that the object has already; it stands for a policy chosen before. */
    private static @Nullable String standing(List<String> current) {
        for (String finalizer : current) {
            if (finalizer.equals(ORPHAN) || finalizer.equals(FOREGROUND)) {
                return finalizer;
            }
        }
        return null;
    }
}
