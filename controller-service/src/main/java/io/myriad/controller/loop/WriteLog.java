package io.myriad.controller.loop;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.node.ObjectNode;

import io.myriad.control.informer.Informer;

/**
 * Remembers, per key, how far informers must have come for a controller to see its own writes. A controller that acted on
 * an older state would do things twice. Upstream has the same idea in KEP-5647. Thread-safe; one worker per key.
 */
public final class WriteLog<K> {
    private final Map<K, Map<Informer<?>, Long>> writes = new ConcurrentHashMap<>();

    /** The controller wrote, for this key, an object that the informer watches; the server answered with it. */
    public void wrote(K key, Informer<?> informer, ObjectNode answer) {
        long version;
        try {
            version = Long.parseLong(answer.path("metadata").path("resourceVersion").asString("0"));
        } catch (NumberFormatException e) {
            return; // not an object, a Status: the next event will tell
        }
        writes.compute(key, (any, known) -> {
            Map<Informer<?>, Long> versions = known == null ? new HashMap<>(2) : known;
            versions.merge(informer, version, Math::max);
            return versions;
        });
    }

    /** Whether everything written for the key has been seen; forgets what has. */
    public boolean seen(K key) {
        Map<Informer<?>, Long> left = writes.computeIfPresent(key, (any, versions) -> {
            versions.entrySet().removeIf(entry -> entry.getKey().hasSeen(entry.getValue()));
            return versions.isEmpty() ? null : versions;
        });
        return left == null;
    }

    /** The key is gone. */
    public void forget(K key) {
        writes.remove(key);
    }
}
