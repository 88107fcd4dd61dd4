package io.myriad.scheduler.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The domains that one node label divides the nodes into: each value gets a small number, and each node the number of
 * its value, so that looking up a node's domain and a domain's count is two array reads. Numbers of values that no node
 * has any more are given out again.
 */
final class Topology {
    /** The domain of a node without the label. */
    static final int NO_DOMAIN = -1;

    final String key;
    private final Map<String, Integer> domains = new HashMap<>();
    private String[] values = new String[4];
    private int[] nodes = new int[4];
    private int[] domainOf = new int[0];
    private int used;
    private int users;

    Topology(String key) {
        this.key = key;
    }

    int domainOf(int node) {
        return node < domainOf.length ? domainOf[node] : NO_DOMAIN;
    }

    /** One more than the largest number of a domain so far. */
    int bound() {
        return used;
    }

    /** A node has this value of the label now, or null for none. */
    void set(int node, @Nullable String value) {
        if (node >= domainOf.length) {
            int old = domainOf.length;
            domainOf = Arrays.copyOf(domainOf, Math.max(node + 1, old * 2));
            Arrays.fill(domainOf, old, domainOf.length, NO_DOMAIN);
        }
        int before = domainOf[node];
        int after = value == null ? NO_DOMAIN : domains.computeIfAbsent(value, this::allocate);
        domainOf[node] = after;
        if (after != NO_DOMAIN) {
            nodes[after]++;
        }
        if (before != NO_DOMAIN && --nodes[before] == 0) {
            domains.remove(values[before]);
        }
    }

    private int allocate(String value) {
        int domain = 0;
        if (used == domains.size()) {
            domain = used++; // all numbers are taken
        } else {
            while (nodes[domain] > 0) {
                domain++;
            }
        }
        if (domain >= nodes.length) {
            nodes = Arrays.copyOf(nodes, domain * 2);
            values = Arrays.copyOf(values, domain * 2);
        }
        values[domain] = value;
        return domain;
    }

    /** Whether somebody besides the caller needs the topology after the caller's use changes by {@code delta}. */
    boolean used(int delta) {
        users += delta;
        return users > 0;
    }
}
