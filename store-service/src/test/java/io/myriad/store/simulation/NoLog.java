package io.myriad.store.simulation;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.raft.ReplicatedLog;
import io.myriad.store.state.StoreError;

/** A log that nobody is to use. */
final class NoLog implements ReplicatedLog {

    @Override
    public void append(byte[] entry, Consumer<Outcome> callback) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void readIndex(Consumer<@Nullable StoreError> callback) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean readsAreLocal() {
        return false;
    }

    @Override
    public Leadership leadership() {
        return Leadership.NONE;
    }

    @Override
    public long committedIndex() {
        return 0;
    }

    @Override
    public long appliedIndex() {
        return 0;
    }

    @Override
    public void requestSnapshot(Runnable done) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean transferLeadership(long memberId) {
        return false;
    }

    @Override
    public void close() {}
}
