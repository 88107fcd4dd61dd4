package io.myriad.store.server;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.mvcc.RangeQuery;
import io.myriad.store.state.AuthRules;
import io.myriad.store.state.AuthState;
import io.myriad.store.state.Caller;
import io.myriad.store.state.Command;
import io.myriad.store.state.Operation;
import io.myriad.store.state.OperationDecoder;
import io.myriad.store.state.OperationRules;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

/** {@code etcdserverpb.KV}. */
final class KvService {

    /** A range that may return more keys than this leaves the event loop. */
    private static final long MAX_KEYS_ON_EVENT_LOOP = 500;
    private static final Logger LOG = LoggerFactory.getLogger(KvService.class);

    private final StoreMember member;
    private final Supplier<@Nullable Executor> currentLoop;

    /** @param currentLoop the event loop that the calling thread belongs to */
    KvService(StoreMember member, Supplier<@Nullable Executor> currentLoop) {
        this.member = member;
        this.currentLoop = currentLoop;
    }

    ServerServiceDefinition definition() {
        return Methods.service(KVGrpc.getServiceDescriptor(),
                Map.of("Range", Methods.unary(this::range), "RangeStream", Methods.serverStreaming(this::rangeStream),
                        "Put", Methods.unary(this::put),
                        "DeleteRange", Methods.unary(this::deleteRange), "Txn", Methods.unary(this::txn), "Compact",
                        Methods.unary(this::compact)));
    }

    private void range(byte[] request, Responder responder) {
        Operation.Range range = OperationDecoder.range(request);
        StoreError error = OperationRules.check(range, 0);
        if (error != null) {
            responder.fail(error);
            return;
        }
        boolean isShort = isShort(range.query());
        read(range.serializable(), isShort, responder, range,
                () -> member.machine().range(range, member.term()));
    }

    private static boolean isShort(RangeQuery query) {
        return query.keys().isSingle() || query.limit() > 0 && query.limit() <= MAX_KEYS_ON_EVENT_LOOP
                && query.isKeyOrder() && !query.isFiltered()
                && query.revision() == 0;
    }

    /** Answers from local state, when that is linearizable unless {@code serializable}; on the caller's event loop if it is short, else on a reader thread. */
    private void read(boolean serializable, boolean isShort, Responder responder, Operation operation,
            Supplier<Reply> unchecked) {
        Supplier<Reply> query = () -> permitted(responder.caller(), operation, unchecked);
        Executor loop = currentLoop.get();
        if (serializable) {
            answer(isShort ? loop : member.readers(), true, responder, query);
            return;
        }
        Thread caller = Thread.currentThread();
        member.awaitRead(error -> {
            if (error != null) {
                responder.fail(error);
            } else {
                answer(isShort ? loop : member.readers(), Thread.currentThread() == caller, responder, query);
            }
        });
    }

    /** What a query answers if it is permitted. Users and roles must not have changed in between. */
    private Reply permitted(Caller caller, Operation operation, Supplier<Reply> query) {
        AuthState auth = member.machine().auth();
        if (!auth.enabled()) {
            return query.get();
        }
        StoreError error = AuthRules.check(auth, member.leases(), caller, operation);
        if (error != null) {
            return error;
        }
        Reply reply = query.get();
        return member.machine().auth().revision() == auth.revision() ? reply : StoreError.AUTH_OLD_REVISION;
    }

    private void answer(@Nullable Executor executor, boolean onLoop, Responder responder, Supplier<Reply> query) {
        if (executor == null || onLoop && executor != member.readers()) {
            answer(responder, query);
            return;
        }
        try {
            executor.execute(() -> {
                if (!responder.isCancelled()) {
                    answer(responder, query);
                }
            });
        } catch (RejectedExecutionException e) {
            responder.fail(StoreError.TOO_MANY_REQUESTS);
        }
    }

    /** A query that fails is answered, too: its caller has no other way to hear of it. */
    private static void answer(Responder responder, Supplier<Reply> query) {
        Reply reply;
        try {
            reply = query.get();
        } catch (RuntimeException e) {
            LOG.error("A read failed", e);
            responder.fail(Statuses.internal());
            return;
        }
        responder.answer(reply);
    }

    private void rangeStream(byte[] request, ServerCallStreamObserver<WireMessage> responses) {
        Operation.Range range = OperationDecoder.range(request);
        StoreError error = OperationRules.checkStream(range);
        if (error != null) {
            responses.onError(Statuses.of(error));
            return;
        }
        RangeStreamer streamer = new RangeStreamer(member, range.query(), responses);
        Caller caller = Identities.current().caller();
        if (range.serializable()) {
            start(streamer, range, caller, responses);
            return;
        }
        member.awaitRead(failure -> {
            if (failure != null) {
                responses.onError(Statuses.of(failure));
            } else {
                start(streamer, range, caller, responses);
            }
        });
    }

    private void start(RangeStreamer streamer, Operation.Range range, Caller caller,
            ServerCallStreamObserver<WireMessage> responses) {
        StoreError denied = AuthRules.checkRead(member.machine().auth(), caller, range.query().keys());
        if (denied != null) {
            responses.onError(Statuses.of(denied));
        } else {
            streamer.start();
        }
    }

    private void put(byte[] request, Responder responder) {
        write(Command.PUT, request, OperationDecoder.put(request), responder);
    }

    private void deleteRange(byte[] request, Responder responder) {
        write(Command.DELETE_RANGE, request, OperationDecoder.deleteRange(request), responder);
    }

    private void txn(byte[] request, Responder responder) {
        Operation.Txn txn = OperationDecoder.txn(request);
        StoreError error = OperationRules.check(txn, member.settings().maxTxnOperations());
        if (error != null) {
            responder.fail(error);
        } else if (txn.isReadOnly()) {
            read(txn.isSerializable(), false, responder, txn,
                    () -> member.machine().readTxn(txn, member.term()));
        } else {
            propose(Command.TXN, request, txn, responder);
        }
    }

    private void write(Command command, byte[] request, Operation operation, Responder responder) {
        StoreError error = OperationRules.check(operation, member.settings().maxTxnOperations());
        if (error != null) {
            responder.fail(error);
        } else {
            propose(command, request, operation, responder);
        }
    }

    /** Proposes an operation unless memory has no room for its answer; on a reader thread if finding that out may take long. */
    private void propose(Command command, byte[] request, Operation operation, Responder responder) {
        Executor loop = currentLoop.get();
        if (member.machine().hasRoomForAnyAnswer()) {
            member.propose(command, request, operation, loop, responder);
            return;
        }
        Runnable proposal = () -> {
            if (member.machine().hasRoomForAnswer(operation)) {
                member.propose(command, request, operation, loop, responder);
            } else {
                answer(responder, () -> permitted(responder.caller(), operation, () -> StoreError.RESPONSE_TOO_LARGE));
            }
        };
        if (isShort(operation)) {
            proposal.run();
            return;
        }
        try {
            member.readers().execute(proposal);
        } catch (RejectedExecutionException e) {
            responder.fail(StoreError.TOO_MANY_REQUESTS);
        }
    }

    private static boolean isShort(Operation operation) {
        return switch (operation) {
            case Operation.Range range -> isShort(range.query());
            case Operation.Put put -> true;
            case Operation.DeleteRange delete -> !delete.previous() || delete.keys().isSingle();
            case Operation.Txn txn -> txn.success().stream().allMatch(KvService::isShort)
                    && txn.failure().stream().allMatch(KvService::isShort);
            case Operation.Empty empty -> true;
        };
    }

    private void compact(byte[] request, Responder responder) {
        // Old versions are let go while the compaction is applied, so a physical one is not different.
        Methods.parse(CompactionRequest.parser(), request);
        member.propose(Command.COMPACT, request, null, currentLoop.get(), responder);
    }
}
