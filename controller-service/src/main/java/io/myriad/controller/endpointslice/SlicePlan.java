package io.myriad.controller.endpointslice;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Distributes endpoints over slices with as few writes as possible. Pure.
 *
 * <p>An endpoint stays in the slice it is in. What is new goes first into slices that must be written anyway, the fullest
 * first, then into new full ones, and the rest, if it fits, into a slice that has room. Slices that have become empty are turned into
 * those that would be created, or deleted. A Service always has at least one slice per address family.
 *
 * @param create slices to create
 * @param update slices to write, with their names
 * @param delete names of slices to delete
 */
record SlicePlan(List<Slice> create, List<Slice> update, List<String> delete) {
    static final int ENDPOINTS_PER_SLICE_MAX = 100;

    /** A slice while it is being worked on. */
    private static final class Draft {
        final Slice known;
        final List<Endpoint> kept = new ArrayList<>();
        boolean changed;

        Draft(Slice known) {
            this.known = known;
        }
    }

    /**
     * Plans the slices of one address family.
     *
     * @param existing the slices there are, all of this family and this Service
     * @param desired the endpoints that there should be, by what they have in common
     * @param labels the labels slices should have
     * @param addressType the family
     */
    static SlicePlan of(Collection<Slice> existing, Map<Slice.Group, List<Endpoint>> desired,
            Map<String, String> labels, String addressType) {
        SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<Slice.Group, List<Slice>> byGroup = new LinkedHashMap<>();
        existing.forEach(slice -> byGroup.computeIfAbsent(slice.group(), any -> new ArrayList<>()).add(slice));
        List<Slice> left = new ArrayList<>();
        desired.forEach((group, endpoints) -> {
            if (!endpoints.isEmpty()) {
                plan.fill(group, byGroup.getOrDefault(group, List.of()), endpoints, labels, left);
                byGroup.remove(group);
            }
        });
        byGroup.values().forEach(left::addAll);
        Slice placeholder = new Slice("", new Slice.Group(addressType, List.of()), List.of(), labels);
        boolean none = plan.create.isEmpty() && plan.update.isEmpty() && existing.size() == left.size();
        if (none && !removeOne(left, placeholder)) {
            plan.create.add(placeholder);
        }
        plan.reuse(left);
        return plan;
    }

    /** One placeholder that is there already stays; others go. */
    private static boolean removeOne(List<Slice> left, Slice placeholder) {
        for (Slice slice : left) {
            if (isPlaceholder(slice, placeholder)) {
                left.remove(slice);
                return true;
            }
        }
        return false;
    }

    private static boolean isPlaceholder(Slice slice, Slice placeholder) {
        return slice.endpoints().isEmpty() && slice.group().equals(placeholder.group())
                && slice.labels().equals(placeholder.labels());
    }

    private void fill(Slice.Group group, List<Slice> slices, List<Endpoint> endpoints, Map<String, String> labels,
            List<Slice> left) {
        Map<Endpoint.Identity, Endpoint> missing = new LinkedHashMap<>();
        endpoints.forEach(endpoint -> missing.put(endpoint.identity(), endpoint));
        List<Draft> drafts = new ArrayList<>();
        for (Slice slice : slices) {
            Draft draft = new Draft(slice);
            draft.changed = !slice.labels().equals(labels);
            for (Endpoint known : slice.endpoints()) {
                Endpoint wanted = missing.remove(known.identity());
                if (wanted == null) {
                    draft.changed = true;
                } else {
                    draft.kept.add(wanted);
                    draft.changed |= !wanted.equals(known);
                }
            }
            drafts.add(draft);
        }
        List<Endpoint> fresh = new ArrayList<>(missing.values());
        drafts.stream().filter(draft -> draft.changed && !draft.kept.isEmpty())
                .sorted(Comparator.<Draft>comparingInt(draft -> draft.kept.size()).reversed())
                .forEach(draft -> place(fresh, draft));
        while (!fresh.isEmpty()) {
            Draft roomy = roomiest(drafts, fresh.size());
            if (roomy != null) {
                place(fresh, roomy);
            } else {
                List<Endpoint> taken = fresh.subList(0, Math.min(fresh.size(), ENDPOINTS_PER_SLICE_MAX));
                create.add(new Slice("", group, List.copyOf(taken), labels));
                taken.clear();
            }
        }
        for (Draft draft : drafts) {
            if (draft.kept.isEmpty()) {
                left.add(draft.known);
            } else if (draft.changed) {
                update.add(new Slice(draft.known.name(), group, draft.kept, labels));
            }
        }
    }

    private static void place(List<Endpoint> fresh, Draft draft) {
        int room = Math.min(fresh.size(), ENDPOINTS_PER_SLICE_MAX - draft.kept.size());
        if (room > 0) {
            List<Endpoint> taken = fresh.subList(0, room);
            draft.kept.addAll(taken);
            taken.clear();
            draft.changed = true;
        }
    }

    /** The fullest slice into which so many more endpoints fit, or null. */
    private static @Nullable Draft roomiest(List<Draft> drafts, int more) {
        Draft best = null;
        for (Draft draft : drafts) {
            if (draft.kept.size() + more <= ENDPOINTS_PER_SLICE_MAX
                    && (best == null || draft.kept.size() > best.kept.size())) {
                best = draft;
            }
        }
        return best;
    }

    /** Writing a slice that nobody needs any more costs less than deleting it and creating another. */
    private void reuse(List<Slice> left) {
        for (Slice slice : left) {
            if (create.isEmpty()) {
                delete.add(slice.name());
            } else {
                Slice instead = create.removeLast();
                update.add(new Slice(slice.name(), instead.group(), instead.endpoints(), instead.labels()));
            }
        }
    }
}
