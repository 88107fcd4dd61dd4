package io.myriad.controller.nodelifecycle;

import java.util.HashMap;
import java.util.Map;

/**
 * When each node was last heard of, by this process' own monotonic clock: a sign of life is any change of its Lease or of
 * its heartbeat, whatever times they name, so clocks that differ do no harm. Thread-safe.
 */
final class NodeHealth {
    private record Seen(String sign, long atNanos) {}

    private final Map<String, Seen> leases = new HashMap<>();
    private final Map<String, Seen> heartbeats = new HashMap<>();

    /** The node's Lease has this version now. */
    synchronized void lease(String node, String version, long nowNanos) {
        observe(leases, node, version, nowNanos);
    }

    /** The node's Ready condition has this heartbeat time now. */
    synchronized void heartbeat(String node, String time, long nowNanos) {
        observe(heartbeats, node, time, nowNanos);
    }

    private static void observe(Map<String, Seen> signs, String node, String sign, long nowNanos) {
        Seen before = signs.get(node);
        if (before == null || !before.sign.equals(sign)) {
            signs.put(node, new Seen(sign, nowNanos));
        }
    }

    /** The node is gone. */
    synchronized void forget(String node) {
        leases.remove(node);
        heartbeats.remove(node);
    }

    /** For how many nanoseconds nothing has been heard of the node. A node first asked about was heard of just now. */
    synchronized long silentNanos(String node, long nowNanos) {
        Seen lease = leases.get(node);
        Seen heartbeat = heartbeats.get(node);
        if (lease == null && heartbeat == null) {
            heartbeats.put(node, new Seen("", nowNanos));
            return 0;
        }
        long last = Math.max(lease == null ? Long.MIN_VALUE : lease.atNanos - nowNanos,
                heartbeat == null ? Long.MIN_VALUE : heartbeat.atNanos - nowNanos);
        return -last;
    }

    /** Starts all over: what happened while this process did not look says nothing about the nodes. */
    synchronized void refresh(long nowNanos) {
        leases.replaceAll((node, seen) -> new Seen(seen.sign, nowNanos));
        heartbeats.replaceAll((node, seen) -> new Seen(seen.sign, nowNanos));
    }
}
