package io.myriad.benchmarks.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;

/** Fills a store and thins it out, a hundred keys in a transaction. */
final class Filler {
    private static final int KEYS_IN_A_TRANSACTION = 100;
    private static final int TRANSACTIONS_AT_A_TIME = 16;

    private Filler() {}

    static ByteString key(String prefix, long number) {
        return ByteString.copyFromUtf8(prefix + String.format("%010d", number));
    }

    /** Puts keys with the numbers up to {@code keys}. */
    static void fill(ManagedChannel channel, String prefix, long keys, int valueBytes) throws Exception {
        byte[] value = new byte[valueBytes];
        new java.util.Random(7).nextBytes(value);
        ByteString bytes = ByteString.copyFrom(value);
        transact(channel, keys, number -> RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key(prefix, number)).setValue(bytes)));
    }

    /** Deletes every other one of the keys with the numbers up to {@code keys}. */
    static void thin(ManagedChannel channel, String prefix, long keys) throws Exception {
        transact(channel, keys / 2, number -> RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key(prefix, 2 * number))));
    }

    private static void transact(ManagedChannel channel, long operations, LongFunction<RequestOp.Builder> operation)
            throws Exception {
        Semaphore waiting = new Semaphore(TRANSACTIONS_AT_A_TIME);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        KVGrpc.KVStub store = KVGrpc.newStub(channel);
        for (long from = 0; from < operations; from += KEYS_IN_A_TRANSACTION) {
            TxnRequest.Builder transaction = TxnRequest.newBuilder();
            for (long number = from; number < Math.min(operations, from + KEYS_IN_A_TRANSACTION); number++) {
                transaction.addSuccess(operation.apply(number));
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
