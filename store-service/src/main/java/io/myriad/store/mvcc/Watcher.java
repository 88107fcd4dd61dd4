package io.myriad.store.mvcc;

import java.util.Arrays;

/**
 * One watcher: what it wants to see and up to where it has seen it. It owns no events: {@link #nextRevision} is a cursor into the history. Only the watch agent's thread
 * touches it.
 */
public final class Watcher {

    private static final KeyVersion[] NONE = new KeyVersion[0];

    private final long id;
    private final Spec spec;
    final WatchAgent.Stream stream;
    /** The first revision that was not delivered. */
    long nextRevision;
    /** Whether it sees events as they happen; otherwise it is behind and reads history. */
    boolean synced;
    /** Whether something was sent since the last progress notification was due. */
    boolean sentSinceProgress;
    boolean gone;

    private KeyVersion[] collected = NONE;
    private int collectedCount;

    /**
     * What a client asked for.
     *
     * @param startRevision first revision to deliver; 0: from now on
     */
    public record Spec(KeyRange keys, long startRevision, boolean progressNotify, boolean withoutPuts,
            boolean withoutDeletes, boolean previous, boolean fragment) {

        boolean wants(KeyVersion event) {
            return event.isTombstone() ? !withoutDeletes : !withoutPuts;
        }
    }

    Watcher(long id, Spec spec, WatchAgent.Stream stream) {
        this.id = id;
        this.spec = spec;
        this.stream = stream;
    }

    public long id() {
        return id;
    }

    public Spec spec() {
        return spec;
    }

    /** Adds an event to the response being put together; true if it is the first. */
    boolean collect(KeyVersion event) {
        if (collectedCount == collected.length) {
            collected = Arrays.copyOf(collected, Math.max(4, collectedCount * 2));
        }
        collected[collectedCount++] = event;
        return collectedCount == 1;
    }

    boolean hasCollected() {
        return collectedCount > 0;
    }

    /** Revision of the first event collected; {@code otherwise} if there is none. */
    long firstCollected(long otherwise) {
        return collectedCount == 0 ? otherwise : collected[0].modRevision();
    }

    /** Sends what was collected. Throws {@link CompactedException} if it is gone. */
    void flush(long revision) {
        KeyVersion[] events = collected;
        int count = collectedCount;
        drop();
        sentSinceProgress = true;
        KeyVersion.load(events, count);
        stream.sink.events(this, events, count, revision);
    }

    /** Forgets what was collected. The history still has it. */
    void drop() {
        collected = NONE;
        collectedCount = 0;
    }
}
