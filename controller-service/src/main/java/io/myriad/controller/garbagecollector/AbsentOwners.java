package io.myriad.controller.garbagecollector;

import java.util.LinkedHashMap;
import java.util.Map;

import io.myriad.api.codec.ObjectBytes.OwnerReference;

/**
 * Owners that are known not to exist, so that each of a thousand dependents need not ask for the same one. An owner is
 * remembered under all that was asked for and not under its uid alone: a reference with the right uid and a wrong name,
 * kind or namespace finds nothing, and must not condemn those that name the owner correctly. Uids are never used again, so
 * what is in here stays true. Keeps the most recently used; thread-safe.
 */
final class AbsentOwners {
    private record Coordinates(String namespace, String apiVersion, String kind, String name, String uid) {}

    private final Map<Coordinates, Boolean> known;

    /**
     * @param max how many are remembered
     */
    AbsentOwners(int max) {
        this.known = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Coordinates, Boolean> eldest) {
                return size() > max;
            }
        };
    }

    /** An object that was there has gone. */
    synchronized void add(Item gone) {
        known.put(new Coordinates(gone.namespace(), gone.resource().kind().apiVersion(), gone.resource().kind().kind(),
                gone.name(), gone.uid()), true);
    }

    /**
     * There is no such owner.
     *
     * @param namespace where it was looked for, empty for cluster-scoped kinds
     */
    synchronized void add(OwnerReference reference, String namespace) {
        known.put(coordinates(reference, namespace), true);
    }

    /** Whether the owner that a dependent names is known not to exist, in its namespace or as a cluster-scoped object. */
    synchronized boolean contains(Item dependent, OwnerReference reference) {
        return known.get(coordinates(reference, "")) != null
                || known.get(coordinates(reference, dependent.namespace())) != null;
    }

    private static Coordinates coordinates(OwnerReference reference, String namespace) {
        return new Coordinates(namespace, reference.apiVersion(), reference.kind(), reference.name(), reference.uid());
    }
}
