package io.myriad.benchmarks.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.myriad.store.api.Compare;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.RequestOp;
import io.myriad.store.api.TxnRequest;
import io.myriad.store.api.TxnResponse;

/** What kube-apiserver writes with: if the key is as it was seen, put it; else get it. Each client has a key of its own, and one request at a time. */
final class TransactionLoad implements Load.Run {
    private final int clients;
    private final int connections;
    private final int total;
    private final ByteString value;

    TransactionLoad(int clients, int connections, int total, int valueBytes) {
        this.clients = clients;
        this.connections = connections;
        this.total = total;
        byte[] bytes = new byte[valueBytes];
        new java.util.Random(3).nextBytes(bytes);
        this.value = ByteString.copyFrom(bytes);
    }

    @Override
    public Map<Metric, Double> on(StoreCluster cluster) throws Exception {
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            channels.add(cluster.channel());
        }
        try {
            AtomicInteger left = new AtomicInteger(total);
            CountDownLatch done = new CountDownLatch(clients);
            Latencies latencies = new Latencies();
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            double cpuBefore = cluster.processes().cpuSecondsInAll();
            long began = System.nanoTime();
            for (int i = 0; i < clients; i++) {
                new Client(KVGrpc.newStub(channels.get(i % connections)), Filler.key("/registry/pods/default/", i),
                        left, done, latencies, failure).send();
            }
            done.await();
            double seconds = (System.nanoTime() - began) / 1e9;
            if (failure.get() != null) {
                throw new IllegalStateException("a transaction failed", failure.get());
            }
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            figures.put(Metric.RATE, total / seconds);
            figures.put(Metric.SERVER_MICROS, (cluster.processes().cpuSecondsInAll() - cpuBefore) * 1e6 / total);
            latencies.into(figures);
            return figures;
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private final class Client implements StreamObserver<TxnResponse> {
        private final KVGrpc.KVStub store;
        private final ByteString key;
        private final AtomicInteger left;
        private final CountDownLatch done;
        private final Latencies latencies;
        private final AtomicReference<@Nullable Throwable> failure;
        private long seen;
        private long sentNanos;

        Client(KVGrpc.KVStub store, ByteString key, AtomicInteger left, CountDownLatch done, Latencies latencies,
                AtomicReference<@Nullable Throwable> failure) {
            this.store = store;
            this.key = key;
            this.left = left;
            this.done = done;
            this.latencies = latencies;
            this.failure = failure;
        }

        void send() {
            if (left.getAndDecrement() <= 0) {
                done.countDown();
                return;
            }
            sentNanos = System.nanoTime();
            store.txn(TxnRequest.newBuilder()
                    .addCompare(Compare.newBuilder().setKey(key).setTarget(Compare.CompareTarget.MOD)
                            .setResult(Compare.CompareResult.EQUAL).setModRevision(seen))
                    .addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value)))
                    .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
                    .build(), this);
        }

        @Override
        public void onNext(TxnResponse answer) {
            latencies.add(System.nanoTime() - sentNanos);
            // After a failed comparison, the version that was got.
            seen = answer.getSucceeded()
                    ? answer.getHeader().getRevision()
                    : answer.getResponses(0).getResponseRange().getKvs(0).getModRevision();
        }

        @Override
        public void onError(Throwable error) {
            failure.set(error);
            done.countDown();
        }

        @Override
        public void onCompleted() {
            send();
        }
    }
}
