package io.myriad.store.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import com.google.protobuf.ByteString;
import com.google.protobuf.Parser;

import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.DeleteRangeResponse;
import io.myriad.store.api.LeaseGrantResponse;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;
import io.myriad.store.mvcc.KeyRange;
import io.myriad.store.state.AuthRules;
import io.myriad.store.state.Caller;
import io.myriad.store.state.Command;
import io.myriad.store.state.LeaseRequest;
import io.myriad.store.state.Operation;
import io.myriad.store.state.OperationDecoder;
import io.myriad.store.state.OperationRules;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

/**
 * Calls of this member's own API on behalf of one client's call, for what is built on keys. They block, so they are for virtual threads; every one of them throws
 * {@link CancellationException} as soon as the client has gone, and {@link Failure} when it fails.
 */
final class LocalCalls {

    private final StoreMember member;
    private final CompletableFuture<Void> cancelled;
    private final Supplier<Caller> caller;

    /** A call was answered with an error, whose text is the message. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(String text) {
            super(text, null, false, false);
        }
    }

    /**
     * @param caller whose rights count, asked for each call: what is waited for may take longer than users stay as they are
     * @param cancelled completes when the client has gone
     */
    LocalCalls(StoreMember member, Supplier<Caller> caller, CompletableFuture<Void> cancelled) {
        this.member = member;
        this.caller = caller;
        this.cancelled = cancelled;
    }

    /** The same calls for cleaning up, which happens although the client has gone. */
    LocalCalls uncancelled() {
        return new LocalCalls(member, caller, new CompletableFuture<>());
    }

    boolean isCancelled() { return cancelled.isDone(); }

    TxnResponse txn(TxnRequest request) {
        byte[] payload = request.toByteArray();
        Operation operation = OperationDecoder.txn(payload);
        return propose(Command.TXN, payload, operation, TxnResponse.parser());
    }

    DeleteRangeResponse delete(ByteString key) {
        byte[] payload = DeleteRangeRequest.newBuilder().setKey(key).build().toByteArray();
        return propose(Command.DELETE_RANGE, payload, OperationDecoder.deleteRange(payload),
                DeleteRangeResponse.parser());
    }

    /** Grants a lease with a number that the member chooses, and returns the number. */
    long grantLease(long ttlSeconds) {
        LeaseRequest request = new LeaseRequest(ttlSeconds, member.newLeaseId());
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        member.propose(caller.get(), Command.LEASE_GRANT, request.payload(), reply::complete);
        return message(await(reply), LeaseGrantResponse.parser()).getID();
    }

    private <T> T propose(Command command, byte[] payload, Operation operation, Parser<T> parser) {
        StoreError error = OperationRules.check(operation, member.settings().maxTxnOperations());
        if (error != null) {
            throw new Failure(error.text());
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        member.propose(caller.get(), command, payload, reply::complete);
        return message(await(reply), parser);
    }

    /** A linearizable range. */
    RangeResponse range(RangeRequest request) {
        Operation.Range range = OperationDecoder.range(request.toByteArray());
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        member.awaitRead(error -> reply.complete(error != null ? error : answer(range)));
        return message(await(reply), RangeResponse.parser());
    }

    private Reply answer(Operation.Range range) {
        StoreError denied = AuthRules.checkRead(member.machine().auth(), caller.get(), range.query().keys());
        return denied != null ? denied : member.machine().range(range, member.term());
    }

    /** Watches keys from a revision on. To be closed. */
    KeyWatch watch(KeyRange keys, long fromRevision) {
        return new KeyWatch(member.watches(), keys, fromRevision, cancelled);
    }

    private Reply await(CompletableFuture<Reply> reply) {
        CompletableFuture.anyOf(reply, cancelled).join();
        if (!reply.isDone()) {
            throw new CancellationException();
        }
        return reply.join();
    }

    private static <T> T message(Reply reply, Parser<T> parser) {
        return switch (reply) {
            case StoreError error -> throw new Failure(error.text());
            case Reply.Message message -> Methods.parse(parser, bytes(message.message()));
        };
    }

    private static byte[] bytes(WireMessage message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.size());
        try {
            message.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
