package io.myriad.scheduler.core;

import java.util.Arrays;

import io.myriad.scheduler.model.AffinityTerm;

/**
 * The pods that bring a certain affinity term with them, added up by the domain they lie in: how much a pod that the
 * term means is pulled to, or kept from, each domain.
 */
final class TermCounter {
    /**
     * A template's part in a counter.
     *
     * @param weight what each of its pods adds
     */
    record Share(TermCounter counter, int weight) {}

    final AffinityTerm term;
    final Topology topology;
    private long[] sums = new long[0];
    private int templates;

    TermCounter(AffinityTerm term, Topology topology) {
        this.term = term;
        this.topology = topology;
    }

    /** The sum in the node's domain; 0 when it has none. */
    long around(int node) {
        int domain = topology.domainOf(node);
        return domain >= 0 && domain < sums.length ? sums[domain] : 0;
    }

    void add(int node, long weight) {
        int domain = topology.domainOf(node);
        if (domain >= 0 && weight != 0) {
            if (domain >= sums.length) {
                sums = Arrays.copyOf(sums, Math.max(domain + 1, topology.bound()));
            }
            sums[domain] += weight;
        }
    }

    /** Whether a template still holds the term after their number changes by {@code delta}. */
    boolean held(int delta) {
        templates += delta;
        return templates > 0;
    }
}
