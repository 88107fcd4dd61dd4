package io.myriad.store.value;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/** The contract without a server. What was not flushed is not there; it can be told to fail. */
public final class InMemoryValues implements ExternalValues {

    private record Place(long modRevision, int subRevision) {}

    private final Map<Place, byte[]> kept = new ConcurrentHashMap<>();
    /** In the order they were given; an empty array of arrays is a deletion. */
    private final Map<Place, byte[][]> pending = new LinkedHashMap<>();
    private volatile boolean failing;

    /** From now on everything fails, or no longer. */
    public void fail(boolean fails) {
        failing = fails;
    }

    /** How many values there are. */
    public int size() {
        return kept.size();
    }

    @Override
    public void put(long modRevision, int subRevision, byte[] keyValue) {
        pending.put(new Place(modRevision, subRevision), new byte[][]{keyValue.clone()});
    }

    @Override
    public void delete(long modRevision, int subRevision) {
        pending.put(new Place(modRevision, subRevision), new byte[0][]);
    }

    @Override
    public void flush() throws IOException {
        Map<Place, byte[][]> flushing = new LinkedHashMap<>(pending);
        pending.clear();
        check();
        flushing.forEach((place, value) -> {
            if (value.length == 0) {
                kept.remove(place);
            } else {
                kept.put(place, value[0]);
            }
        });
    }

    @Override
    public byte @Nullable [] get(long modRevision, int subRevision) throws IOException {
        check();
        byte[] value = kept.get(new Place(modRevision, subRevision));
        return value == null ? null : value.clone();
    }

    @Override
    public byte[] @Nullable [] getAll(long[] modRevisions, int[] subRevisions) throws IOException {
        byte[] @Nullable [] values = new byte[modRevisions.length][];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(modRevisions[i], subRevisions[i]);
        }
        return values;
    }

    @Override
    public void clear() throws IOException {
        pending.clear();
        check();
        kept.clear();
    }

    private void check() throws IOException {
        if (failing) {
            throw new IOException("the value store was told to fail");
        }
    }

    @Override
    public void close() {
        pending.clear();
    }
}
