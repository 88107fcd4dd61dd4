package io.myriad.controller.nodelifecycle;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.myriad.controller.ControllerOptions;
import io.myriad.controller.model.Node;

/**
 * How disturbed each zone is, which decides how fast its nodes may be emptied. When a zone loses many nodes at once the
 * fault is more likely the network's than the nodes'; when every zone is lost, it is probably this process that is cut
 * off, and nothing is evicted at all. Rules and numbers are upstream's. Immutable.
 */
final class Zones {
    /** What a zone is like. */
    enum State {
        NORMAL, PARTIAL_DISRUPTION, FULL_DISRUPTION
    }

    private record Zone(int ready, int notReady) {}

    private static final String EXCLUDED_LABEL = "node.kubernetes.io/exclude-disruption";
    /** Fewer lost nodes than this are never a disruption. */
    private static final int DISRUPTION_NODES_MIN = 3;

    private final Map<String, Zone> zones;
    private final ControllerOptions.Nodes options;

    private Zones(Map<String, Zone> zones, ControllerOptions.Nodes options) {
        this.zones = zones;
        this.options = options;
    }

    static Zones of(Collection<Node> nodes, ControllerOptions.Nodes options) {
        Map<String, Zone> zones = new HashMap<>();
        for (Node node : nodes) {
            if (!node.meta().labels().containsKey(EXCLUDED_LABEL)) {
                zones.merge(node.zone(), node.isReady() ? new Zone(1, 0) : new Zone(0, 1),
                        (a, b) -> new Zone(a.ready + b.ready, a.notReady + b.notReady));
            }
        }
        return new Zones(zones, options);
    }

    State state(String zone) {
        Zone counts = zones.getOrDefault(zone, new Zone(0, 0));
        if (counts.ready == 0 && counts.notReady > 0) {
            return State.FULL_DISRUPTION;
        }
        boolean many = counts.notReady >= DISRUPTION_NODES_MIN
                && counts.notReady >= options.unhealthyZoneThreshold() * (counts.notReady + counts.ready);
        return many ? State.PARTIAL_DISRUPTION : State.NORMAL;
    }

    /** Whether no node anywhere is ready. */
    boolean allLost() {
        return !zones.isEmpty() && zones.keySet().stream().allMatch(zone -> state(zone) == State.FULL_DISRUPTION);
    }

    /** Nodes of a zone that may be tainted per second; 0 for none. */
    double evictionsPerSecond(String zone) {
        return switch (state(zone)) {
            case NORMAL, FULL_DISRUPTION -> allLost() ? 0 : options.evictionRate();
            case PARTIAL_DISRUPTION -> {
                Zone counts = zones.getOrDefault(zone, new Zone(0, 0));
                boolean large = counts.ready + counts.notReady > options.largeClusterNodes();
                yield large ? options.secondaryEvictionRate() : 0;
            }
        };
    }
}
