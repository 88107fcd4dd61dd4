package io.myriad.store.raft;

import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.myriad.store.state.Reply;

/**
 * An operation that waits to be replicated.
 *
 * @param command number of the operation's command
 * @param payload its request, never modified
 * @param decoded what the proposer already knows of the payload; handed to the handler on this member
 * @param origin where the completion is to run; null: on the thread that has the reply
 * @param abandoned whether nobody waits for the reply any more; asked, from any thread, as long as the operation is in no
 *            entry: it is then left out and completed with an error
 * @param completion takes the reply, once
 */
public record Proposal(byte command, byte[] payload, @Nullable Object decoded, @Nullable Executor origin,
        BooleanSupplier abandoned, Consumer<Reply> completion) {}
