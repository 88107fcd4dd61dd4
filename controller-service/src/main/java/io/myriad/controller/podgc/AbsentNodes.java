package io.myriad.controller.podgc;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Remembers since when nodes that pods are bound to have been missing. One thread. */
final class AbsentNodes {
    private final long quarantineMillis;
    private final Map<String, Long> missingSinceMillis = new HashMap<>();

    AbsentNodes(long quarantineMillis) {
        this.quarantineMillis = quarantineMillis;
    }

    /**
     * Takes a look.
     *
     * @param used the nodes that pods are bound to
     * @param exists whether there is such a node
     * @return those that have been missing in every look for the whole quarantine
     */
    Set<String> update(Set<String> used, Predicate<String> exists, long nowMillis) {
        missingSinceMillis.keySet().removeIf(node -> !used.contains(node) || exists.test(node));
        Set<String> gone = new HashSet<>();
        for (String node : used) {
            if (!exists.test(node)) {
                long since = missingSinceMillis.computeIfAbsent(node, ignored -> nowMillis);
                if (nowMillis - since >= quarantineMillis) {
                    gone.add(node);
                }
            }
        }
        return gone;
    }
}
