package io.myriad.controller.nodelifecycle;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.myriad.controller.model.Node;

/**
 * How fast nodes may be emptied, per zone, as upstream: the usual rate while most of a zone is ready; a slow one, or none in
 * a small zone, when much of it is not; none at all when every zone is down, for then it is more likely the controller that
 * cannot see. A token bucket of one: at most one node a 1/rate seconds. One thread.
 */
final class EvictionPace {
    /**
     * The rates.
     *
     * @param usual nodes a second
     * @param secondary nodes a second in a large zone that is partly down
     * @param unhealthyShare from which share of nodes that are not ready a zone is partly down
     * @param largeZoneNodes how many nodes make a zone large
     */
    record Rates(double usual, double secondary, double unhealthyShare, int largeZoneNodes) {}

    private static final int PARTIAL_MIN_NODES = 3;
    private static final double NANOS = 1e9;

    private final Rates rates;
    private final Map<String, Double> rateByZone = new HashMap<>();
    private final Map<String, Long> lastNanos = new HashMap<>();

    EvictionPace(Rates rates) {
        this.rates = rates;
    }

    /** Looks at all nodes and sets each zone's rate. */
    void observe(Collection<Node> nodes) {
        Map<String, int[]> counts = new HashMap<>();
        for (Node node : nodes) {
            int[] count = counts.computeIfAbsent(node.zone(), zone -> new int[2]);
            count[0]++;
            count[1] += node.ready() ? 0 : 1;
        }
        boolean allDown = counts.values().stream().allMatch(count -> count[0] == count[1]) && nodes.size() > 1;
        rateByZone.clear();
        counts.forEach((zone, count) -> rateByZone.put(zone, allDown ? 0 : rate(count[0], count[1])));
    }

    private double rate(int nodes, int notReady) {
        boolean whole = notReady == nodes;
        boolean partial = notReady >= PARTIAL_MIN_NODES && (double) notReady / nodes >= rates.unhealthyShare;
        if (whole || !partial) {
            // A zone that is down as a whole, while others are not, is emptied at the usual rate.
            return rates.usual;
        }
        return nodes > rates.largeZoneNodes ? rates.secondary : 0;
    }

    /** Whether one more node of the zone may be emptied now; counts it when it may. */
    boolean allows(String zone, long nowNanos) {
        double rate = rateByZone.getOrDefault(zone, rates.usual);
        Long last = lastNanos.get(zone);
        if (rate <= 0 || last != null && nowNanos - last < NANOS / rate) {
            return false;
        }
        lastNanos.put(zone, nowNanos);
        return true;
    }
}
