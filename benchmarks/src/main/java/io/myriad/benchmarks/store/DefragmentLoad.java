package io.myriad.benchmarks.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.grpc.ManagedChannel;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.DefragmentRequest;
import io.myriad.store.api.DeleteRangeRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MaintenanceGrpc;

/** Puts at a steady rate while a large file with holes is defragmented, beside the same before it. */
final class DefragmentLoad implements Load.Run {
    private static final int VALUE_BYTES = 1024;
    private static final int PUTS_PER_SECOND = 500;
    private static final long IDLE_NANOS = 8_000_000_000L;

    private final int gigabytes;

    DefragmentLoad(int gigabytes) {
        this.gigabytes = gigabytes;
    }

    @Override
    public Map<Metric, Double> on(StoreCluster cluster) throws Exception {
        ManagedChannel channel = cluster.channel();
        try {
            long keys = gigabytes * 1_000_000L;
            Filler.fill(channel, "full/", keys, VALUE_BYTES);
            KVGrpc.KVBlockingStub store = KVGrpc.newBlockingStub(channel);
            long revision = store.deleteRange(DeleteRangeRequest.newBuilder().setKey(Filler.key("full/", 0))
                    .setRangeEnd(Filler.key("full/", keys / 2)).build()).getHeader().getRevision();
            store.compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());
            long end = System.nanoTime() + IDLE_NANOS;
            Latencies idle = SteadyPuts.run(channel, PUTS_PER_SECOND, () -> System.nanoTime() - end < 0);
            System.err.printf("   %-8s before: p50 %.2f ms, p99 %.2f ms, slowest %.2f ms%n", cluster.name(),
                    idle.millis(0.5), idle.millis(0.99), idle.millis(1));
            long began = System.nanoTime();
            CompletableFuture<Double> defragmented = CompletableFuture.supplyAsync(() -> {
                MaintenanceGrpc.newBlockingStub(channel).defragment(DefragmentRequest.getDefaultInstance());
                return (System.nanoTime() - began) / 1e9;
            });
            Latencies during = SteadyPuts.run(channel, PUTS_PER_SECOND, () -> !defragmented.isDone());
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            during.into(figures);
            figures.put(Metric.SECONDS, defragmented.get());
            System.err.printf("   %-8s p99 is %.1f times what it was before%n", cluster.name(),
                    during.millis(0.99) / idle.millis(0.99));
            return figures;
        } finally {
            channel.shutdownNow();
        }
    }
}
