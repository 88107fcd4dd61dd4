package io.myriad.scheduler.model;

import io.myriad.api.selector.LabelSelector;

/**
 * A topology spread constraint: how evenly pods are to lie over the domains that the values of a node label make.
 *
 * @param maxSkew the allowed difference between the pod's domain and the emptiest one
 * @param topologyKey the node label
 * @param hard whether a violation forbids a node (DoNotSchedule) or only counts against it (ScheduleAnyway)
 * @param selector which pods of the same namespace are counted; {@code matchLabelKeys} are merged in
 * @param minDomains with fewer domains the emptiest one counts as empty
 * @param honorsAffinity whether only nodes count that the pod's own node requirement admits
 * @param honorsTaints whether only nodes count whose taints the pod tolerates
 */
public record SpreadConstraint(int maxSkew, String topologyKey, boolean hard, LabelSelector selector, int minDomains,
        boolean honorsAffinity, boolean honorsTaints) {
    /** The label with the node's name, treated apart: each node is its own domain. */
    public static final String HOSTNAME_KEY = "kubernetes.io/hostname";
    /** The label with the node's zone. */
    public static final String ZONE_KEY = "topology.kubernetes.io/zone";

    /** A constraint of the cluster's defaults, which prefer an even spread of a workload's pods. */
    public static SpreadConstraint byDefault(int maxSkew, String topologyKey, LabelSelector selector) {
        return new SpreadConstraint(maxSkew, topologyKey, false, selector, 1, true, false);
    }
}
