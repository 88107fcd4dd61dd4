package io.myriad.store.simulation;

import java.util.ArrayList;
import java.util.List;

/** What was ever committed, seen from outside. A member that commits something else at the same place is an error of the simulation. */
final class CommittedLog {

    /** An entry and when it was committed. */
    record Committed(LogDisk.Entry entry, long at) {}

    private final List<Committed> entries = new ArrayList<>();

    void add(long index, LogDisk.Entry entry, long now) {
        if (index <= entries.size()) {
            if (entries.get((int) index - 1).entry != entry) {
                throw new IllegalStateException("entry " + index + " is committed twice, with other content");
            }
        } else if (index == entries.size() + 1) {
            entries.add(new Committed(entry, now));
        } else {
            throw new IllegalStateException("entry " + index + " is committed before the one before it");
        }
    }

    List<Committed> entries() {
        return entries;
    }

    int size() {
        return entries.size();
    }
}
