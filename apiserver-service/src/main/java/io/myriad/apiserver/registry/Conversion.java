package io.myriad.apiserver.registry;

import tools.jackson.databind.node.ObjectNode;

/** Converts objects of a kind between the version stored and a version served. Pure; safe for any thread. */
public interface Conversion {
    /** The stored tree in the served version; may change and return its argument. */
    ObjectNode toServed(ObjectNode stored);

    /** The served tree in the stored version; may change and return its argument. */
    ObjectNode toStored(ObjectNode served);
}
