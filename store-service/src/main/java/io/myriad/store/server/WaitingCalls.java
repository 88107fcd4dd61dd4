package io.myriad.store.server;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireMessage;

/** Runs calls that may wait long for other clients, each on a virtual thread of its own, and ends their waiting when their client goes. Their errors have no status code, as with etcd. */
final class WaitingCalls {

    /** Calls that may run at a time. */
    static final int MAX_CALLS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(WaitingCalls.class);

    private final StoreMember member;
    private final Tokens tokens;
    private final Semaphore free = new Semaphore(MAX_CALLS);

    WaitingCalls(StoreMember member, Tokens tokens) {
        this.member = member;
        this.tokens = tokens;
    }

    /** Answers one request with one message. */
    @FunctionalInterface
    interface Call<T> {
        MessageLite answer(T request, LocalCalls calls);
    }

    /** Answers one request with a stream that ends when the client goes. */
    @FunctionalInterface
    interface Stream<T> extends BiConsumer<T, Output> {}

    /** Where a stream's messages go. */
    record Output(LocalCalls calls, Consumer<MessageLite> responses) {}

    /** A handler for a method that answers once. */
    <T> Methods.Handler unary(Parser<T> parser, Call<T> call) {
        return Methods.serverStreaming((bytes, responses) -> run(parser, bytes, responses, (request, output) -> {
            output.responses.accept(call.answer(request, output.calls));
            complete(responses);
        }));
    }

    /** A handler for a method that answers with a stream. */
    <T> Methods.Handler streaming(Parser<T> parser, Stream<T> stream) {
        return Methods.serverStreaming((bytes, responses) -> run(parser, bytes, responses, stream));
    }

    private <T> void run(Parser<T> parser, byte[] bytes, ServerCallStreamObserver<WireMessage> responses,
            Stream<T> stream) {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        AtomicReference<CompletableFuture<Void>> ready = new AtomicReference<>(new CompletableFuture<>());
        responses.setOnCancelHandler(() -> cancelled.complete(null));
        responses.setOnReadyHandler(() -> ready.getAndSet(new CompletableFuture<>()).complete(null));
        if (!free.tryAcquire()) {
            responses.onError(Statuses.of(StoreError.TOO_MANY_REQUESTS));
            return;
        }
        T request;
        try {
            request = Methods.parse(parser, bytes);
        } catch (WireFormatException e) {
            free.release();
            throw e;
        }
        Identities.Identity identity = Identities.current();
        Output output = new Output(
                new LocalCalls(member, () -> identity.at(member.machine().auth(), tokens), cancelled), message -> {
                    awaitReady(responses, ready, cancelled);
                    responses.onNext(Marshallers.of(message));
                });
        Thread.ofVirtual().name("store-waiting-call").start(() -> {
            try {
                stream.accept(request, output);
            } catch (CancellationException e) {
                // There is nobody to answer.
            } catch (LocalCalls.Failure e) {
                fail(responses, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.error("A request failed", e);
                fail(responses, "internal error");
            } finally {
                free.release();
            }
        });
    }

    /** A client that does not take what it is sent holds its own call up, and nothing piles up for it. */
    private static void awaitReady(ServerCallStreamObserver<WireMessage> responses,
            AtomicReference<CompletableFuture<Void>> ready, CompletableFuture<Void> cancelled) {
        CompletableFuture<Void> next = ready.get();
        while (!responses.isReady() && !cancelled.isDone()) {
            CompletableFuture.anyOf(next, cancelled).join();
            next = ready.get();
        }
        if (cancelled.isDone()) {
            throw new CancellationException();
        }
    }

    private static void complete(ServerCallStreamObserver<WireMessage> responses) {
        if (!responses.isCancelled()) {
            responses.onCompleted();
        }
    }

    private static void fail(ServerCallStreamObserver<WireMessage> responses, String text) {
        if (!responses.isCancelled()) {
            responses.onError(Statuses.unknown(text));
        }
    }
}
