package io.myriad.store.server;

import java.util.Set;
import java.util.function.BooleanSupplier;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import io.myriad.store.state.OperationDecoder;
import io.myriad.store.state.StoreError;
import io.myriad.store.wire.WireFormatException;

/** Refuses what etcd refuses on a learner: all but serializable ranges, its status and a snapshot. */
final class LearnerCalls implements ServerInterceptor {

    private static final Set<String> ALLOWED = Set.of("etcdserverpb.Maintenance/Status",
            "etcdserverpb.Maintenance/Snapshot");
    private static final String RANGE = "etcdserverpb.KV/Range";
    private static final Status REFUSED = Statuses.of(StoreError.NOT_FOR_LEARNERS).getStatus();

    private final BooleanSupplier learner;

    /** @param learner whether this member is one */
    LearnerCalls(BooleanSupplier learner) {
        this.learner = learner;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!learner.getAsBoolean() || ALLOWED.contains(method)) {
            return next.startCall(call, headers);
        }
        if (!method.equals(RANGE)) {
            call.close(REFUSED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                if (message instanceof byte[] request && !isSerializable(request)) {
                    refused = true;
                    call.close(REFUSED, new Metadata());
                } else {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static boolean isSerializable(byte[] request) {
        try {
            return OperationDecoder.range(request).serializable();
        } catch (WireFormatException e) {
            return true; // refused for that
        }
    }
}
