package io.myriad.scheduler.model;

import java.util.List;

/**
 * A pod's affinity and anti-affinity to other pods.
 *
 * @param required pods that must be near; all terms must hold
 * @param forbidden pods that must not be near
 * @param preferred pods that had better be near
 * @param avoided pods that had better be far
 */
public record PodAffinities(List<AffinityTerm> required, List<AffinityTerm> forbidden,
        List<WeightedAffinityTerm> preferred, List<WeightedAffinityTerm> avoided) {
    /** No wishes. */
    public static final PodAffinities NONE = new PodAffinities(List.of(), List.of(), List.of(), List.of());

    public PodAffinities {
        required = List.copyOf(required);
        forbidden = List.copyOf(forbidden);
        preferred = List.copyOf(preferred);
        avoided = List.copyOf(avoided);
    }
}
