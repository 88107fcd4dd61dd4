package io.myriad.benchmarks.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;

import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;
import io.myriad.store.api.PutResponse;
import io.myriad.store.api.WatchCreateRequest;
import io.myriad.store.api.WatchGrpc;
import io.myriad.store.api.WatchRequest;
import io.myriad.store.api.WatchResponse;
import io.myriad.store.api.mvcc.Event;

/** Many watchers, each of a prefix of its own, and puts at a steady rate: the time from sending a put to having its event. */
final class WatchLoad implements Load.Run {
    private static final long WAIT_SECONDS = 60;

    private final int watchers;
    private final int streams;
    private final int putsPerSecond;
    private final int puts;

    WatchLoad(int watchers, int streams, int putsPerSecond, int puts) {
        this.watchers = watchers;
        this.streams = streams;
        this.putsPerSecond = putsPerSecond;
        this.puts = puts;
    }

    @Override
    public Map<Metric, Double> on(StoreCluster cluster) throws Exception {
        ManagedChannel watching = cluster.channel();
        ManagedChannel writing = cluster.channel();
        try {
            Latencies latencies = new Latencies();
            CountDownLatch created = new CountDownLatch(watchers);
            CountDownLatch delivered = new CountDownLatch(puts);
            List<StreamObserver<WatchRequest>> requests = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                requests.add(WatchGrpc.newStub(watching).watch(new Watching(created, delivered, latencies)));
            }
            for (int i = 0; i < watchers; i++) {
                ByteString prefix = Filler.key("watch/", i);
                requests.get(i % streams).onNext(WatchRequest.newBuilder().setCreateRequest(WatchCreateRequest
                        .newBuilder().setKey(prefix).setRangeEnd(prefix.concat(ByteString.copyFromUtf8("~")))).build());
            }
            await(created);
            double cpuBefore = cluster.processes().cpuSecondsInAll();
            put(writing);
            await(delivered);
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            latencies.into(figures);
            figures.put(Metric.SERVER_MICROS, (cluster.processes().cpuSecondsInAll() - cpuBefore) * 1e6 / puts);
            return figures;
        } finally {
            watching.shutdownNow();
            writing.shutdownNow();
        }
    }

    private void put(ManagedChannel channel) {
        KVGrpc.KVStub store = KVGrpc.newStub(channel);
        long began = System.nanoTime();
        for (int i = 0; i < puts; i++) {
            long due = began + i * 1_000_000_000L / putsPerSecond;
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            ByteString now = ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array());
            store.put(PutRequest.newBuilder().setKey(Filler.key("watch/", (i * 7919L) % watchers))
                    .setValue(now.concat(ByteString.copyFrom(new byte[248]))).build(), new Ignoring());
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(latch.getCount() + " did not come in " + WAIT_SECONDS + " s");
        }
    }

    private record Watching(CountDownLatch created, CountDownLatch delivered, Latencies latencies)
            implements
                StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse answer) {
            long now = System.nanoTime();
            if (answer.getCreated()) {
                created.countDown();
            }
            for (Event event : answer.getEventsList()) {
                latencies.add(now - event.getKv().getValue().asReadOnlyByteBuffer().getLong());
                delivered.countDown();
            }
        }

        @Override
        public void onError(Throwable error) {
            // Its events do not come, which is what is said then.
        }

        @Override
        public void onCompleted() {}
    }

    private static final class Ignoring implements StreamObserver<PutResponse> {
        @Override
        public void onNext(PutResponse answer) {}

        @Override
        public void onError(Throwable error) {
            // Its event does not come.
        }

        @Override
        public void onCompleted() {}
    }
}
