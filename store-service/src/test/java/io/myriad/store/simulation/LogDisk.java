package io.myriad.store.simulation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a member's log keeps on disk: term, vote, entries, the newest snapshot. Forced at once: what a crash leaves of the log itself is tested with the log. */
final class LogDisk {

    /** An entry; without bytes it is what a leader begins its term with. */
    record Entry(long term, byte[] bytes) {}

    private final List<Entry> entries = new ArrayList<>();
    private long term;
    private long snapshotIndex;
    private long snapshotTerm;
    private Path snapshot;

    long term() {
        return term;
    }

    /** Begins a term; the vote in it is given by whoever calls. */
    void term(long newTerm) {
        term = newTerm;
    }

    long snapshotIndex() {
        return snapshotIndex;
    }

    long snapshotTerm() {
        return snapshotTerm;
    }

    /** Directory of the newest snapshot; null if there is none. */
    Path snapshot() {
        return snapshot;
    }

    long lastIndex() {
        return snapshotIndex + entries.size();
    }

    /** Term of an entry, -1 if it is not here. */
    long termAt(long index) {
        if (index == snapshotIndex) {
            return snapshotTerm;
        }
        return index < snapshotIndex || index > lastIndex() ? -1 : entry(index).term;
    }

    Entry entry(long index) {
        return entries.get((int) (index - snapshotIndex - 1));
    }

    /** Entries from one on, at most so many. */
    List<Entry> entriesFrom(long index, int most) {
        int from = (int) (index - snapshotIndex - 1);
        return List.copyOf(entries.subList(from, Math.min(entries.size(), from + most)));
    }

    void append(Entry entry) {
        entries.add(entry);
    }

    /** Drops everything from an entry on. */
    void truncateFrom(long index) {
        entries.subList((int) (index - snapshotIndex - 1), entries.size()).clear();
    }

    /** A snapshot is the beginning of the log now. What follows stays if it is its continuation. */
    void begin(Path directory, long index, long atTerm) {
        if (termAt(index) == atTerm) {
            entries.subList(0, (int) (index - snapshotIndex)).clear();
        } else {
            entries.clear();
        }
        snapshot = directory;
        snapshotIndex = index;
        snapshotTerm = atTerm;
    }
}
