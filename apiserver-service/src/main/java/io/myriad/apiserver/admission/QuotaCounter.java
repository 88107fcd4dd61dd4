package io.myriad.apiserver.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.value.Quantity;
import io.myriad.apiserver.storage.CachedObject;
import io.myriad.apiserver.storage.ObjectStorage;

/**
 * Writes what is used into the status of quotas, against other writers by compare and swap. Remembers what it wrote until
 * the watch has caught up. Safe for any thread.
 */
final class QuotaCounter {
    /**
     * A quota as it was read.
     *
     * @param stored the version that a change replaces
     * @param object its tree; not to be changed
     */
    record Counted(CachedObject stored, ObjectNode object) {
        String name() {
            return stored.name();
        }
    }

    private record Key(String namespace, String name) {}

    private final ObjectStorage storage;
    private final Function<CachedObject, ObjectNode> decoder;
    private final Function<ObjectNode, byte[]> encoder;
    private final Map<Key, Counted> written = new ConcurrentHashMap<>();

    /**
     * @param storage the quotas
     * @param decoder reads one
     * @param encoder the bytes to store, without a resource version
     */
    QuotaCounter(ObjectStorage storage, Function<CachedObject, ObjectNode> decoder,
            Function<ObjectNode, byte[]> encoder) {
        this.storage = storage;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /** The quota of a version that the watch brought; what was written before is forgotten then. */
    Counted seen(CachedObject stored) {
        written.computeIfPresent(key(stored), (key, own) -> own.stored.resourceVersion() <= stored.resourceVersion()
                ? null
                : own);
        return new Counted(stored, decoder.apply(stored));
    }

    /** The quota as this server knows it: what it wrote itself may be newer than what the watch has brought. */
    Counted newest(Counted quota) {
        Counted own = written.get(key(quota.stored));
        return own != null && own.stored.resourceVersion() > quota.stored.resourceVersion() ? own : quota;
    }

    /** The quota as the store has it now; null when it is gone. */
    @Nullable
    Counted reread(Counted quota) {
        CachedObject now = storage.get(quota.stored.namespace(), quota.stored.name(), "");
        return now == null ? null : new Counted(now, decoder.apply(now));
    }

    /**
     * Adds to what is used.
     *
     * @return false when the quota has changed meanwhile, and nothing was written
     */
    boolean add(Counted quota, Map<String, Quantity> usage) {
        ObjectNode object = quota.object.deepCopy();
        ObjectNode used = object.withObjectProperty("status").withObjectProperty("used");
        usage.forEach((name, amount) -> {
            JsonNode before = used.path(name);
            used.put(name, (before.isMissingNode() ? amount : Quantity.parse(before.asString()).plus(amount))
                    .toString());
        });
        CachedObject now = storage.replace(quota.stored, encoder.apply(object), 0);
        if (now == null) {
            return false;
        }
        written.put(key(now), new Counted(now, decoder.apply(now)));
        return true;
    }

    private static Key key(CachedObject stored) {
        return new Key(stored.namespace(), stored.name());
    }
}
