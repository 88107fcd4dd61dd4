package io.myriad.store.raft;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;

/**
 * JRaft's answer to one read index, handed on once. JRaft 1.4 answers twice when it has given a question up after two seconds
 * and the leader refuses it later: only its successes ask whether time is up. Whoever waits would answer a client twice.
 */
final class ReadIndexAnswer extends ReadIndexClosure {
    private final AtomicBoolean given = new AtomicBoolean();
    private final Consumer<Status> callback;

    ReadIndexAnswer(Consumer<Status> callback) {
        this.callback = callback;
    }

    @Override
    public void run(Status status, long index, byte[] context) {
        if (given.compareAndSet(false, true)) {
            callback.accept(status);
        }
    }
}
