package io.myriad.scheduler.core;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * How many pods lie in each domain of a topology, counted on the nodes of a gate. With {@code minimum} it also knows,
 * at any time and without a search, how many domains the gate's nodes make and how many pods the emptiest of them has:
 * it keeps the number of domains per count, and the smallest count moves along it.
 *
 * <p>
 * Example: zones a, b, c with 2, 2, 3 pods are two domains of count 2 and one of 3; a pod leaves a: one of 1, one of 2,
 * one of 3, and the minimum follows to 1; it goes to c: one each of 2 and 4 join, and the minimum stays until count 1 is
 * empty.
 */
final class DomainCounter {
    final Topology topology;
    private final @Nullable NodeGate gate;
    private final boolean minimum;
    private int[] counts;
    private int[] gateNodes = new int[0];
    private int[] domainsByCount = new int[4];
    private int domains;
    private int least;
    private long total;

    DomainCounter(Topology topology, @Nullable NodeGate gate, boolean minimum) {
        this.topology = topology;
        this.gate = gate;
        this.minimum = minimum;
        this.counts = new int[topology.bound()];
    }

    /** The pods in the node's domain; 0 when it has none. */
    int around(int node) {
        int domain = topology.domainOf(node);
        return domain >= 0 && domain < counts.length ? counts[domain] : 0;
    }

    /** The pods in all domains. */
    long total() {
        return total;
    }

    /** How many domains the gate's nodes make. */
    int domains() {
        return domains;
    }

    /** The pods in the emptiest domain, 0 when there is none. */
    int least() {
        return domains == 0 ? 0 : least;
    }

    void add(int node, int delta) {
        int domain = topology.domainOf(node);
        if (domain < 0 || gate != null && !gate.isOpen(node)) {
            return;
        }
        reach(domain);
        int before = counts[domain];
        counts[domain] = before + delta;
        total += delta;
        if (minimum && gateNodes[domain] > 0) {
            move(before, -1);
            move(before + delta, 1);
            settle();
        }
    }

    /** A node of the gate joins its domain, or leaves it; its pods are added apart. */
    void join(int node, int sign) {
        int domain = topology.domainOf(node);
        if (!minimum || domain < 0 || gate == null || !gate.isOpen(node)) {
            return;
        }
        reach(domain);
        int before = gateNodes[domain];
        gateNodes[domain] = before + sign;
        if (before == 0) {
            domains++;
            move(counts[domain], 1);
            settle();
        } else if (before + sign == 0) {
            domains--;
            move(counts[domain], -1);
            settle();
        }
    }

    private void move(int count, int sign) {
        if (count >= domainsByCount.length) {
            domainsByCount = Arrays.copyOf(domainsByCount, Math.max(count + 1, domainsByCount.length * 2));
        }
        domainsByCount[count] += sign;
        if (sign > 0 && (count < least || domains == 1)) {
            least = count;
        }
    }

    private void settle() {
        while (domains > 0 && domainsByCount[least] == 0) {
            least++;
        }
    }

    private void reach(int domain) {
        if (domain >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(domain + 1, topology.bound()));
        }
        if (minimum && domain >= gateNodes.length) {
            gateNodes = Arrays.copyOf(gateNodes, counts.length);
        }
    }

    @Nullable
    NodeGate gate() {
        return gate;
    }
}
