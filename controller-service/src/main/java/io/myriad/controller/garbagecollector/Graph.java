package io.myriad.controller.garbagecollector;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.api.codec.ObjectBytes.OwnerReference;

/**
 * Who owns whom, as far as watches have told. Each change says which objects need a look; the graph itself deletes
 * nothing.
 *
 * <p>Two maps: objects by uid, and dependents by the uid of the owner they name, whether that owner is known or not. So an
 * owner that was never seen needs no stand-in: its dependents are found under its uid, and each looks for its owner at the
 * server. Example: Deployment d owns ReplicaSet r owns pods p, q. When r's deletion is seen, dependents[r] = {p, q} need a
 * look, and d too if it waits for its dependents.
 *
 * <p>Thread-safe.
 */
final class Graph {
    /** Something to do. */
    sealed interface Work {
        String uid();
    }

    /** See whether the object is to be deleted, or has waited long enough. */
    record Examine(String uid) implements Work {}

    /** See the same, but not at once: its owner is not known yet, which it will be soon if it exists. */
    record ExamineLater(String uid) implements Work {}

    /** Set the object's dependents free. */
    record Release(String uid) implements Work {}

    private final Map<String, Item> items = new HashMap<>();
    private final Map<String, Set<Item>> dependents = new HashMap<>();

    /** An object is there, or has changed. */
    synchronized List<Work> put(Item now) {
        List<Work> work = new ArrayList<>(2);
        Item before = items.put(now.uid(), now);
        if (before != null) {
            before.owners().forEach(owner -> unlink(owner.uid(), before));
            unblockedOwners(before, now, work);
        }
        boolean examine = false;
        boolean later = false;
        for (OwnerReference reference : now.owners()) {
            dependents.computeIfAbsent(reference.uid(), any -> new LinkedHashSet<>(2)).add(now);
            OwnerReference known = before == null ? null : before.reference(reference.uid());
            Item owner = items.get(reference.uid());
            if (!Objects.equals(known, reference)) {
                later |= owner == null;
                examine |= owner != null && (!owner.isMeantBy(now, reference) || owner.waitsForDependents());
            }
        }
        if (examine) {
            work.add(new Examine(now.uid()));
        } else if (later) {
            work.add(new ExamineLater(now.uid()));
        }
        transitions(before, now, work);
        return work;
    }

    private void transitions(@Nullable Item before, Item now, List<Work> work) {
        if (now.setsDependentsFree()) {
            if (before == null || !before.setsDependentsFree()) {
                work.add(new Release(now.uid()));
            }
        } else if (now.waitsForDependents() && (before == null || !before.waitsForDependents())) {
            of(now.uid()).forEach(dependent -> work.add(new Examine(dependent.uid())));
            work.add(new Examine(now.uid()));
        }
    }

    /** Owners that wait for their dependents need a look when one no longer blocks them. */
    private void unblockedOwners(Item before, Item now, List<Work> work) {
        for (OwnerReference reference : before.owners()) {
            OwnerReference after = now.reference(reference.uid());
            if (reference.blockOwnerDeletion() && (after == null || !after.blockOwnerDeletion())) {
                work.add(new Examine(reference.uid()));
            }
        }
    }

    /** An object is gone. */
    synchronized List<Work> remove(String uid) {
        Item gone = items.remove(uid);
        if (gone == null) {
            return List.of();
        }
        List<Work> work = new ArrayList<>();
        for (OwnerReference reference : gone.owners()) {
            unlink(reference.uid(), gone);
            Item owner = items.get(reference.uid());
            if (owner != null && owner.waitsForDependents()) {
                work.add(new Examine(owner.uid()));
            }
        }
        of(uid).forEach(dependent -> work.add(new Examine(dependent.uid())));
        return work;
    }

    private void unlink(String ownerUid, Item item) {
        Set<Item> known = dependents.get(ownerUid);
        if (known != null) {
            known.remove(item);
            if (known.isEmpty()) {
                dependents.remove(ownerUid);
            }
        }
    }

    private Set<Item> of(String uid) {
        return dependents.getOrDefault(uid, Set.of());
    }

    synchronized @Nullable Item get(String uid) {
        return items.get(uid);
    }

    /** The objects that name this uid as an owner. */
    synchronized List<Item> dependentsOf(String uid) {
        return List.copyOf(of(uid));
    }

    synchronized int size() {
        return items.size();
    }

    /** What needs a look in the graph as it is: where a new leader starts. */
    synchronized List<Work> everythingOpen() {
        List<Work> work = new ArrayList<>();
        for (Item item : items.values()) {
            if (item.setsDependentsFree()) {
                work.add(new Release(item.uid()));
                continue;
            }
            boolean open = item.waitsForDependents();
            for (OwnerReference reference : item.owners()) {
                Item owner = items.get(reference.uid());
                open |= owner == null || !owner.isMeantBy(item, reference) || owner.waitsForDependents();
            }
            if (open) {
                work.add(new Examine(item.uid()));
            }
        }
        return work;
    }
}
