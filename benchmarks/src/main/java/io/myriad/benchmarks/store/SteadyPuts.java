package io.myriad.benchmarks.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.PutResponse;

/** Puts at a steady rate, whatever the answers do. */
final class SteadyPuts {
    private static final int VALUE_BYTES = 1024;
    private static final int PUTS_AT_A_TIME = 1000;

    private SteadyPuts() {}

    /** @param going whether there is to be another one; there is at least a second of them */
    static Latencies run(ManagedChannel channel, int perSecond, BooleanSupplier going) throws InterruptedException {
        KVGrpc.KVStub store = KVGrpc.newStub(channel);
        ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
        Latencies latencies = new Latencies();
        Semaphore waiting = new Semaphore(PUTS_AT_A_TIME);
        long began = System.nanoTime();
        for (long i = 0; i < perSecond || going.getAsBoolean(); i++) {
            long due = began + i * 1_000_000_000L / perSecond;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            waiting.acquire();
            // From when it was due: what waits behind a stop counts.
            store.put(PutRequest.newBuilder().setKey(Filler.key("put/", i % 1000)).setValue(value).build(),
                    new StreamObserver<>() {
                        @Override
                        public void onNext(PutResponse answer) {
                            latencies.add(System.nanoTime() - due);
                        }

                        @Override
                        public void onError(Throwable error) {
                            latencies.add(System.nanoTime() - due);
                            waiting.release();
                        }

                        @Override
                        public void onCompleted() {
                            waiting.release();
                        }
                    });
        }
        waiting.acquire(PUTS_AT_A_TIME);
        return latencies;
    }
}
