package io.myriad.store.server;

import com.google.protobuf.MessageLite;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;

import io.myriad.store.state.Caller;
import io.myriad.store.state.Reply;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireMessage;

/** Answers one unary call, once. */
final class Responder {

    private final ServerCallStreamObserver<WireMessage> observer;
    private final Caller caller;

    Responder(ServerCallStreamObserver<WireMessage> observer, Caller caller) {
        this.observer = observer;
        this.caller = caller;
    }

    /** Who made the call. */
    Caller caller() {
        return caller;
    }

    void answer(Reply reply) {
        switch (reply) {
            case Reply.Message message -> answer(message.message());
            case StoreError error -> fail(error);
        }
    }

    void answer(WireMessage message) {
        observer.onNext(message);
        observer.onCompleted();
    }

    void answer(MessageLite message) {
        answer(Marshallers.of(message));
    }

    void fail(StoreError error) {
        observer.onError(Statuses.of(error));
    }

    void fail(StatusException status) {
        observer.onError(status);
    }

    boolean isCancelled() { return observer.isCancelled(); }
}
