package io.myriad.apiserver.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.node.ObjectNode;

/** Converts objects of a kind between the version stored and a version served. Pure; safe for any thread. */
public interface Conversion {
    /** The stored tree in the served version; may change and return its argument. */
    ObjectNode toServed(ObjectNode stored);

    /** The same for an object that was read from the store, of which there is one to each uid and resource version. */
    default ObjectNode read(ObjectNode stored) {
        return toServed(stored);
    }

    /**
     * The fields that selectors may name in the served version.
     *
     * @param stored those of the stored version
     * @return served names to stored ones
     */
    default Map<String, String> selectableFields(Set<String> stored) {
        Map<String, String> same = new HashMap<>();
        stored.forEach(field -> same.put(field, field));
        return same;
    }

    /** Whether converting waits for something outside this process, so that no event loop may do it. */
    default boolean blocks() {
        return false;
    }

    /** The served tree in the stored version; may change and return its argument. */
    ObjectNode toStored(ObjectNode served);
}
