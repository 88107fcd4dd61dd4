package io.myriad.store.simulation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Reads that wait: at the leader for a quorum to confirm that it leads (section 6.4 of Ongaro's thesis on Raft), at who asked for the index that came of it to be applied. */
final class ReadRounds {

    private record Round(long index, BitSet confirmed, LongConsumer answer) {}

    private record Waiting(long index, Runnable answer) {}

    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private long lastRound;

    /** The number of the newest round. What is sent from now on confirms it. */
    long lastRound() {
        return lastRound;
    }

    void begin(long index, LongConsumer answer) {
        rounds.put(++lastRound, new Round(index, new BitSet(), answer));
    }

    /** A follower has answered something that was sent in or after a round. */
    void confirmed(int follower, long round, int needed) {
        Iterator<Round> older = rounds.headMap(round, true).values().iterator();
        List<Round> done = new ArrayList<>();
        while (older.hasNext()) {
            Round next = older.next();
            next.confirmed.set(follower);
            if (next.confirmed.cardinality() >= needed) {
                older.remove();
                done.add(next);
            }
        }
        done.forEach(next -> next.answer.accept(next.index));
    }

    /** Not leader any more: nobody gets an answer. */
    void stop() {
        rounds.clear();
    }

    void await(long index, Runnable answer) {
        waiting.add(new Waiting(index, answer));
    }

    void applied(long index) {
        List<Waiting> ready = waiting.stream().filter(one -> one.index <= index).toList();
        waiting.removeAll(ready);
        ready.forEach(one -> one.answer.run());
    }
}
