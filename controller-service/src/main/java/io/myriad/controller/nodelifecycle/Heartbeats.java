package io.myriad.controller.nodelifecycle;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.myriad.control.informer.InformerHandler;
import io.myriad.control.informer.ObjectKey;
import io.myriad.controller.model.Node;

/**
 * Remembers when each node was last heard of, by this process's own clock: when its Lease was seen to be renewed or its
 * status to be posted. Kept on standby too, so that a new leader need not wait to know who is silent. Thread-safe.
 */
final class Heartbeats {
    private final LongSupplier nanoTime;
    private final Map<String, Long> heardNanos = new ConcurrentHashMap<>();

    Heartbeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void heard(String node) {
        heardNanos.put(node, nanoTime.getAsLong());
    }

    /** Nanoseconds since the node was heard of; since now when it never was before. */
    long silentNanos(String node) {
        long now = nanoTime.getAsLong();
        return now - heardNanos.computeIfAbsent(node, any -> now);
    }

    /** Everybody gets the full time again: after this process, or the network, was deaf. */
    void restart() {
        long now = nanoTime.getAsLong();
        heardNanos.replaceAll((node, heard) -> now);
    }

    InformerHandler<String> ofLeases() {
        return new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, String now, boolean initial) {
                heard(key.name());
            }

            @Override
            public void updated(ObjectKey key, String before, String now) {
                heard(key.name());
            }
        };
    }

    InformerHandler<Node> ofNodes() {
        return new InformerHandler<>() {
            @Override
            public void added(ObjectKey key, Node now, boolean initial) {
                heard(key.name());
            }

            @Override
            public void updated(ObjectKey key, Node before, Node now) {
                Node.Condition then = before.conditions().get("Ready");
                Node.Condition ready = now.conditions().get("Ready");
                if (ready != null && (then == null || ready.heartbeat() != null
                        && !ready.heartbeat().equals(then.heartbeat()))) {
                    heard(key.name());
                }
            }

            @Override
            public void deleted(ObjectKey key, Node last) {
                heardNanos.remove(key.name());
            }
        };
    }
}
