package io.myriad.controller.nodelifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.Taint;

/** Which taints a node should have for its conditions. Pure. */
final class NodeTaints {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

    /** Condition and status, and the taint that goes with them. */
    private record Rule(String condition, String status, String key) {}

    private static final List<Rule> RULES = List.of(new Rule("Ready", "False", NOT_READY),
            new Rule("Ready", "Unknown", UNREACHABLE),
            new Rule("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
            new Rule("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
            new Rule("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
            new Rule("PIDPressure", "True", "node.kubernetes.io/pid-pressure"));
    private static final Set<String> OURS = Set.of(NOT_READY, UNREACHABLE, UNSCHEDULABLE,
            "node.kubernetes.io/memory-pressure", "node.kubernetes.io/disk-pressure",
            "node.kubernetes.io/network-unavailable", "node.kubernetes.io/pid-pressure");

    private NodeTaints() {}

    /**
     * The taints the node should have, others' included.
     *
     * @param noExecute whether a node that is not ready may be marked so that its pods go
     */
    static List<Taint> wanted(Node node, boolean noExecute, Instant now) {
        List<Taint> wanted = new ArrayList<>();
        for (Rule rule : RULES) {
            if (status(node, rule.condition).equals(rule.status)) {
                wanted.add(new Taint(rule.key, "", Taint.NO_SCHEDULE, now));
            }
        }
        if (node.unschedulable()) {
            wanted.add(new Taint(UNSCHEDULABLE, "", Taint.NO_SCHEDULE, now));
        }
        String lost = lostKey(node);
        if (noExecute && !lost.isEmpty()) {
            wanted.add(new Taint(lost, "", Taint.NO_EXECUTE, lostSince(node, now)));
        }
        List<Taint> result = new ArrayList<>();
        for (Taint there : node.taints()) {
            boolean ours = there.effect().equals(Taint.NO_SCHEDULE) && OURS.contains(there.key()) || marksLost(there);
            if (!ours || wanted.stream().anyMatch(there::matches)) {
                result.add(there);
            }
        }
        for (Taint taint : wanted) {
            if (result.stream().noneMatch(taint::matches)) {
                result.add(taint);
            }
        }
        return result;
    }

    /**
     * Since when the node is marked as lost, for whichever of the two reasons: from one to the other, the time that its pods
     * are given goes on.
     */
    private static Instant lostSince(Node node, Instant now) {
        for (Taint taint : node.taints()) {
            Instant added = taint.added();
            if (marksLost(taint) && added != null) {
                return added;
            }
        }
        return now;
    }

    private static boolean marksLost(Taint taint) {
        return taint.effect().equals(Taint.NO_EXECUTE)
                && (taint.key().equals(NOT_READY) || taint.key().equals(UNREACHABLE));
    }

    private static String status(Node node, String condition) {
        Node.Condition found = node.conditions().get(condition);
        return found == null ? "" : found.status();
    }

    /** The key of the NoExecute taint that says why the node is lost, or empty when it is ready or never spoke. */
    static String lostKey(Node node) {
        return switch (node.ready()) {
            case "False" -> NOT_READY;
            case "Unknown" -> UNREACHABLE;
            default -> "";
        };
    }

    /** Whether it has been marked as lost already, for whichever reason. */
    static boolean markedLost(Node node) {
        return node.taints().stream().anyMatch(NodeTaints::marksLost);
    }
}
