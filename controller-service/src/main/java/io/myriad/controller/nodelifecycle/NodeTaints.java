package io.myriad.controller.nodelifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Taint;

/**
 * The taints that follow from a node's state: pure. NoSchedule taints follow every condition at once; NoExecute taints,
 * which cost pods their place, only when the caller's pace allows.
 */
final class NodeTaints {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

    private record ConditionTaint(String condition, String status, String key) {}

    private static final List<ConditionTaint> TABLE = List.of(new ConditionTaint("Ready", "False", NOT_READY),
            new ConditionTaint("Ready", "Unknown", UNREACHABLE),
            new ConditionTaint("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
            new ConditionTaint("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
            new ConditionTaint("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
            new ConditionTaint("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"));
    private static final Set<String> OURS = Set.of(NOT_READY, UNREACHABLE, UNSCHEDULABLE,
            "node.kubernetes.io/memory-pressure", "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/pid-pressure", "node.kubernetes.io/network-unavailable");

    private NodeTaints() {}

    /** The NoExecute taint that the node's state asks for, or null when it is ready. */
    static @Nullable String eviction(Node node) {
        return switch (node.condition("Ready")) {
            case "True" -> null;
            case "False" -> NOT_READY;
            default -> UNREACHABLE;
        };
    }

    /**
     * The taints that the node should have: others' as they are, ours as its state asks.
     *
     * @param evict whether a NoExecute taint may be added now; one that is there stays while it is asked for
     */
    static List<Taint> wanted(Node node, boolean evict, Instant now) {
        List<Taint> result = new ArrayList<>();
        for (Taint taint : node.taints()) {
            if (!OURS.contains(taint.key()) || taint.effect().equals("PreferNoSchedule")) {
                result.add(taint);
            }
        }
        for (ConditionTaint row : TABLE) {
            boolean reported = row.condition.equals("Ready") || node.conditions().containsKey(row.condition);
            if (reported && node.condition(row.condition).equals(row.status)) {
                result.add(existing(node, row.key, Taint.NO_SCHEDULE, now));
            }
        }
        if (node.unschedulable()) {
            result.add(existing(node, UNSCHEDULABLE, Taint.NO_SCHEDULE, now));
        }
        String eviction = eviction(node);
        if (eviction != null && (evict || has(node, eviction, Taint.NO_EXECUTE))) {
            result.add(existing(node, eviction, Taint.NO_EXECUTE, now));
        }
        return result;
    }

    static boolean has(Node node, String key, String effect) {
        return node.taints().stream().anyMatch(taint -> taint.key().equals(key) && taint.effect().equals(effect));
    }

    /** A taint that is there keeps its age. */
    private static Taint existing(Node node, String key, String effect, Instant now) {
        for (Taint taint : node.taints()) {
            if (taint.key().equals(key) && taint.effect().equals(effect)) {
                return taint;
            }
        }
        return new Taint(key, "", effect, now);
    }

    /** Whether two lists hold the same taints, in whatever order. */
    static boolean same(List<Taint> one, List<Taint> other) {
        return one.size() == other.size() && one.stream().allMatch(taint -> other.stream().anyMatch(taint::matches));
    }
}
