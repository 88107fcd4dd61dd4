package io.myriad.store.state;

import java.io.IOException;
import java.util.Arrays;

/** Which versions compaction removed since the last checkpoint: twelve bytes each. One thread at a time. */
final class RemovedVersions {

    private long[] revisions = new long[64];
    private int[] places = new int[64];
    private int size;

    /** Receives versions. */
    @FunctionalInterface
    interface Sink {
        void accept(long modRevision, int subRevision) throws IOException;
    }

    int size() {
        return size;
    }

    void add(long modRevision, int subRevision) {
        if (size == revisions.length) {
            revisions = Arrays.copyOf(revisions, size * 2);
            places = Arrays.copyOf(places, size * 2);
        }
        revisions[size] = modRevision;
        places[size++] = subRevision;
    }

    void forEach(Sink sink) throws IOException {
        for (int i = 0; i < size; i++) {
            sink.accept(revisions[i], places[i]);
        }
    }
}
