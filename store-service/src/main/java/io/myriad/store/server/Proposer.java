package io.myriad.store.server;

import java.util.function.Consumer;

import io.myriad.store.state.Command;
import io.myriad.store.state.Reply;

/** Replicates an operation of the member's own. */
@FunctionalInterface
interface Proposer {
    void propose(Command command, byte[] payload, Consumer<Reply> completion);
}
