package io.myriad.store.raft;

import org.jspecify.annotations.Nullable;

import io.myriad.store.state.Reply;

/** What replicated operations do. */
public interface OperationHandler {

    /**
     * Applies one operation and answers it. The apply thread.
     *
     * @param answered whether somebody waits for the answer; if not, what only it needs can be left out
     */
    Reply apply(byte command, byte[] payload, @Nullable Object decoded, long term, boolean answered);

    /** Makes what was applied visible to readers. The apply thread. */
    void publish();
}
