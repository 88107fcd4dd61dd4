package io.myriad.store.server;

import java.util.Map;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.wire.WireFormatException;
import io.myriad.store.wire.WireMessage;

/** Binds handlers to the methods of a generated service. Every method takes bytes and answers with a message that writes itself; those without a handler answer UNIMPLEMENTED. */
final class Methods {

    private static final Logger LOG = LoggerFactory.getLogger(Methods.class);

    private Methods() {}

    /** Handles a request; exactly one answer. Runs on an event loop. */
    @FunctionalInterface
    interface Unary {
        void call(byte[] request, Responder responder);
    }

    /** Handles a call whose answer is a stream. */
    @FunctionalInterface
    interface ServerStreaming {
        void call(byte[] request, ServerCallStreamObserver<WireMessage> responses);
    }

    /** Handles a call that streams both ways. */
    @FunctionalInterface
    interface Streaming {
        StreamObserver<byte[]> call(ServerCallStreamObserver<WireMessage> responses);
    }

    /** A handler of one of the three shapes. */
    sealed interface Handler {
        record OfUnary(Unary unary) implements Handler {}

        record OfServerStreaming(ServerStreaming streaming) implements Handler {}

        record OfStreaming(Streaming streaming) implements Handler {}
    }

    static Handler unary(Unary handler) {
        return new Handler.OfUnary(handler);
    }

    static Handler serverStreaming(ServerStreaming handler) {
        return new Handler.OfServerStreaming(handler);
    }

    static Handler streaming(Streaming handler) {
        return new Handler.OfStreaming(handler);
    }

    /** A service with the methods of {@code generated} that have a handler, by name. */
    static ServerServiceDefinition service(ServiceDescriptor generated, Map<String, Handler> handlers) {
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(generated.getName())
                .setSchemaDescriptor(generated.getSchemaDescriptor());
        Map<String, MethodDescriptor<byte[], WireMessage>> methods = new java.util.HashMap<>();
        for (MethodDescriptor<?, ?> method : generated.getMethods()) {
            String name = java.util.Objects.requireNonNull(method.getBareMethodName());
            if (handlers.containsKey(name)) {
                MethodDescriptor<byte[], WireMessage> raw = method.toBuilder(Marshallers.BYTES, Marshallers.MESSAGES)
                        .build();
                methods.put(name, raw);
                descriptor.addMethod(raw);
            }
        }
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        handlers.forEach((name, handler) -> {
            MethodDescriptor<byte[], WireMessage> method = java.util.Objects.requireNonNull(methods.get(name), name);
            switch (handler) {
                case Handler.OfUnary unary -> service.addMethod(method,
                        ServerCalls.asyncUnaryCall((request, observer) -> callUnary(unary.unary(), request, observer)));
                case Handler.OfServerStreaming streaming -> service.addMethod(method,
                        ServerCalls.asyncServerStreamingCall(
                                (request, observer) -> callServerStreaming(streaming.streaming(), request,
                                        (ServerCallStreamObserver<WireMessage>) observer)));
                case Handler.OfStreaming streaming -> service.addMethod(method,
                        ServerCalls.asyncBidiStreamingCall(observer -> streaming.streaming()
                                .call((ServerCallStreamObserver<WireMessage>) observer)));
            }
        });
        return service.build();
    }

    private static void callUnary(Unary handler, byte[] request, StreamObserver<WireMessage> observer) {
        ServerCallStreamObserver<WireMessage> responses = (ServerCallStreamObserver<WireMessage>) observer;
        // Without a handler for it, answering a cancelled call throws.
        responses.setOnCancelHandler(() -> {});
        Responder responder = new Responder(responses, Identities.current().caller());
        try {
            handler.call(request, responder);
        } catch (WireFormatException e) {
            responder.fail(Statuses.invalid(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("A request failed", e);
            responder.fail(Statuses.internal());
        }
    }

    private static void callServerStreaming(ServerStreaming handler, byte[] request,
            ServerCallStreamObserver<WireMessage> responses) {
        try {
            handler.call(request, responses);
        } catch (WireFormatException e) {
            responses.onError(Statuses.invalid(String.valueOf(e.getMessage())));
        }
    }

    /** A request as a generated message. */
    static <T> T parse(Parser<T> parser, byte[] request) {
        try {
            return parser.parseFrom(request);
        } catch (InvalidProtocolBufferException e) {
            throw new WireFormatException(String.valueOf(e.getMessage()));
        }
    }
}
