package io.myriad.scheduler.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Why no node can take a pod.
 *
 * @param nodes how many nodes there are
 * @param reasons how many nodes have which reason; a node may have several
 * @param plugins the parts of the decision that refused, which say what events may help the pod
 * @param general a reason that holds for all nodes and was found without looking at them, or empty
 * @param improvable the nodes where removing pods may help
 */
public record Diagnosis(int nodes, Map<String, Integer> reasons, Set<Plugin> plugins, String general,
        List<String> improvable) {
    private static final String NO_NODES = "no nodes available to schedule pods";

    public Diagnosis {
        reasons = Map.copyOf(reasons);
        plugins = Set.copyOf(plugins);
        improvable = List.copyOf(improvable);
    }

    /** Nothing can be placed on no node. */
    static Diagnosis noNodes() {
        return new Diagnosis(0, Map.of(), Set.of(), NO_NODES, List.of());
    }

    static Diagnosis of(int nodes, Plugin plugin, String general) {
        return new Diagnosis(nodes, Map.of(), EnumSet.of(plugin), general, List.of());
    }

    /** Whether there is no node at all. */
    public boolean isNoNodes() { return nodes == 0; }

    /**
     * The message of the pod's condition and event.
     *
     * @param preemption what came of trying to make room, or empty
     */
    public String message(String preemption) {
        if (isNoNodes()) {
            return NO_NODES;
        }
        StringBuilder message = new StringBuilder(histogram(nodes, general, reasons));
        if (!preemption.isEmpty()) {
            message.append(" preemption: ").append(preemption);
        }
        return message.toString();
    }

    /** {@code 0/3 nodes are available: 1 this, 2 that.} with the entries in the order of their texts. */
    static String histogram(int nodes, String general, Map<String, Integer> reasons) {
        StringBuilder message = new StringBuilder("0/").append(nodes).append(" nodes are available:");
        if (!general.isEmpty()) {
            return message.append(' ').append(general).append('.').toString();
        }
        if (!reasons.isEmpty()) {
            List<String> parts = new ArrayList<>();
            new TreeMap<>(reasons).forEach((reason, count) -> parts.add(count + " " + reason));
            parts.sort(null);
            message.append(' ').append(String.join(", ", parts)).append('.');
        }
        return message.toString();
    }
}
