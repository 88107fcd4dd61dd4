package io.myriad.controller.garbagecollector;

import java.util.ArrayList;
import java.util.List;

import io.myriad.api.codec.ObjectBytes.OwnerReference;

/** What is to become of an object, given what its owners are like. Pure. */
sealed interface Verdict {
    /** How an owner is. */
    enum OwnerState {
        /** It is there. */
        SOLID,
        /** Its kind is not served: it may be there again later, or the reference may be a mistake. */
        UNKNOWN,
        /** It does not exist. */
        ABSENT,
        /** It is being deleted and waits for its dependents. */
        WAITING
    }

    /** It stays as it is. */
    record Keep() implements Verdict {}

    /** It stays, but some of its owners no longer count. */
    record DropOwners(List<String> uids) implements Verdict {}

    /**
     * It goes.
     *
     * @param propagation what becomes of its own dependents
     * @param unblock whether its references must first stop blocking, because its owner and a dependent wait for each other
     */
    record Delete(String propagation, boolean unblock) implements Verdict {}

    /**
     * Decides.
     *
     * @param states the state of each of its owners, in order
     * @param dependents its own dependents
     */
    static Verdict of(Item item, List<OwnerState> states, List<Item> dependents) {
        if (item.owners().isEmpty()) {
            return new Keep();
        }
        List<String> dispensable = new ArrayList<>();
        boolean solid = false;
        boolean waiting = false;
        for (int i = 0; i < states.size(); i++) {
            OwnerReference owner = item.owners().get(i);
            switch (states.get(i)) {
                case SOLID, UNKNOWN -> solid = true;
                case ABSENT -> dispensable.add(owner.uid());
                case WAITING -> {
                    waiting = true;
                    dispensable.add(owner.uid());
                }
            }
        }
        if (solid) {
            return dispensable.isEmpty() ? new Keep() : new DropOwners(dispensable);
        }
        if (waiting && !dependents.isEmpty()) {
            return new Delete("Foreground", dependents.stream().anyMatch(Item::waitsForDependents));
        }
        return new Delete(item.orphan() ? "Orphan" : item.foreground() ? "Foreground" : "Background", false);
    }
}
