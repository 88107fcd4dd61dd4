package io.myriad.benchmarks.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;

/** Fills a store, a hundred keys in a transaction. */
final class Filler {
    private static final int KEYS_IN_A_TRANSACTION = 100;
    private static final int TRANSACTIONS_AT_A_TIME = 16;

    private Filler() {}

    static ByteString key(String prefix, long number) {
        return ByteString.copyFromUtf8(prefix + String.format("%010d", number));
    }

    static void fill(ManagedChannel channel, String prefix, long keys, int valueBytes) throws Exception {
        byte[] value = new byte[valueBytes];
        new java.util.Random(7).nextBytes(value);
        ByteString bytes = ByteString.copyFrom(value);
        Semaphore waiting = new Semaphore(TRANSACTIONS_AT_A_TIME);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        KVGrpc.KVStub store = KVGrpc.newStub(channel);
        for (long from = 0; from < keys; from += KEYS_IN_A_TRANSACTION) {
            TxnRequest.Builder transaction = TxnRequest.newBuilder();
            for (long key = from; key < Math.min(keys, from + KEYS_IN_A_TRANSACTION); key++) {
                transaction.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key(prefix, key)).setValue(bytes)));
            }
            waiting.acquire();
            store.txn(transaction.build(), new StreamObserver<>() {
                @Override
                public void onNext(TxnResponse answer) {}

                @Override
                public void onError(Throwable error) {
                    failure.set(error);
                    waiting.release();
                }

                @Override
                public void onCompleted() {
                    waiting.release();
                }
            });
            Throwable failed = failure.get();
            if (failed != null) {
                throw new IllegalStateException("filling the store", failed);
            }
        }
        waiting.acquire(TRANSACTIONS_AT_A_TIME);
    }
}
