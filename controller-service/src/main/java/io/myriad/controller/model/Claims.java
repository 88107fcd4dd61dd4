package io.myriad.controller.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import io.myriad.api.codec.ObjectBytes.OwnerReference;

/**
 * Which objects belong to a workload. One that matches its selector and that nobody controls is adopted; one that it
 * controls and that no longer matches is released. Objects that are being deleted, and owners that are, change nothing.
 *
 * @param owned controlled and matching
 * @param adoptable matching, controlled by nobody
 * @param released controlled, not matching
 */
public record Claims<T>(List<T> owned, List<T> adoptable, List<T> released) {
    /** Sorts objects out. */
    public static <T> Claims<T> of(Workload owner, Collection<T> candidates, Function<T, ObjectMeta> metadata) {
        Claims<T> claims = new Claims<>(new ArrayList<>(candidates.size()), new ArrayList<>(), new ArrayList<>());
        boolean ownerLives = !owner.meta().terminating();
        for (T candidate : candidates) {
            ObjectMeta meta = metadata.apply(candidate);
            OwnerReference controller = meta.controller();
            boolean matches = owner.selector().matches(meta.labels());
            if (controller != null) {
                if (!controller.uid().equals(owner.meta().uid())) {
                    continue;
                }
                if (matches) {
                    claims.owned.add(candidate);
                } else if (ownerLives && !meta.terminating()) {
                    claims.released.add(candidate);
                }
            } else if (matches && ownerLives && !meta.terminating()) {
                claims.adoptable.add(candidate);
            }
        }
        return claims;
    }
}
