package io.myriad.store.server;

import java.util.Map;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;

import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RangeResponse;
import io.myriad.store.api.lock.LockGrpc;
import io.myriad.store.api.lock.LockRequest;
import io.myriad.store.api.lock.LockResponse;
import io.myriad.store.api.lock.UnlockRequest;
import io.myriad.store.api.lock.UnlockResponse;

/**
 * {@code v3lockpb.Lock}: who is at the head of a {@link KeyQueue} has the lock. A caller that goes while it waits leaves the queue; one that has the lock keeps it until it unlocks or
 * its lease ends.
 */
final class LockService {

    private final WaitingCalls calls;

    LockService(WaitingCalls calls) {
        this.calls = calls;
    }

    ServerServiceDefinition definition() {
        return Methods.service(LockGrpc.getServiceDescriptor(),
                Map.of("Lock", calls.unary(LockRequest.parser(), LockService::lock), "Unlock",
                        calls.unary(UnlockRequest.parser(), LockService::unlock)));
    }

    private static MessageLite lock(LockRequest request, LocalCalls calls) {
        long lease = request.getLease() == 0 ? calls.grantLease(KeyQueue.LEASE_SECONDS) : request.getLease();
        KeyQueue queue = new KeyQueue(calls, request.getName());
        KeyQueue.Place place = queue.enter(lease, ByteString.EMPTY);
        if (KeyQueue.wasHead(place)) {
            return LockResponse.newBuilder().setHeader(place.taken().getHeader()).setKey(place.key()).build();
        }
        try {
            queue.awaitHead(place);
        } catch (RuntimeException e) {
            throw queue.leave(place, e);
        }
        // The lease may have ended meanwhile.
        RangeResponse own = calls.range(RangeRequest.newBuilder().setKey(place.key()).build());
        if (own.getKvsCount() == 0) {
            throw new LocalCalls.Failure("mutex: session is expired");
        }
        return LockResponse.newBuilder().setHeader(own.getHeader()).setKey(place.key()).build();
    }

    private static MessageLite unlock(UnlockRequest request, LocalCalls calls) {
        return UnlockResponse.newBuilder().setHeader(calls.delete(request.getKey()).getHeader()).build();
    }
}
