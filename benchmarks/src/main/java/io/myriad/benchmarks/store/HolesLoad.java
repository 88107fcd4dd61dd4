package io.myriad.benchmarks.store;

import java.util.EnumMap;
import java.util.Map;

import io.grpc.ManagedChannel;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MaintenanceGrpc;
import io.myriad.store.api.RangeRequest;
import io.myriad.store.api.StatusRequest;
import io.myriad.store.api.StatusResponse;

/** Puts at a steady rate into a file half of which is holes, beside the same with a tenth of it. */
final class HolesLoad implements Load.Run {
    private static final int VALUE_BYTES = 8192;
    private static final int PUTS_PER_SECOND = 1000;
    private static final long MEASURED_NANOS = 30_000_000_000L;
    /** So much written after a compaction makes our store write a checkpoint, which gives back the pages. */
    private static final long KEYS_TO_CHECKPOINT = 80_000;

    private final long keys;

    HolesLoad(int gigabytes) {
        keys = gigabytes * 1_000_000_000L / VALUE_BYTES;
    }

    @Override
    public Map<Metric, Double> on(StoreCluster cluster) throws Exception {
        ManagedChannel channel = cluster.channel();
        try {
            Latencies small = measure(cluster, channel, "small/", keys / 10);
            Latencies large = measure(cluster, channel, "large/", keys - keys / 10);
            System.err.printf("   %-8s p99 with the large file is %.2f times that with a tenth of it%n", cluster.name(),
                    large.millis(0.99) / small.millis(0.99));
            Map<Metric, Double> figures = new EnumMap<>(Metric.class);
            large.into(figures);
            return figures;
        } finally {
            channel.shutdownNow();
        }
    }

    private static Latencies measure(StoreCluster cluster, ManagedChannel channel, String prefix, long keys)
            throws Exception {
        Filler.fill(channel, prefix, keys, VALUE_BYTES);
        Filler.thin(channel, prefix, keys);
        KVGrpc.KVBlockingStub store = KVGrpc.newBlockingStub(channel);
        long revision = store.range(RangeRequest.newBuilder().setKey(Filler.key(prefix, 0)).build()).getHeader()
                .getRevision();
        store.compact(CompactionRequest.newBuilder().setRevision(revision).setPhysical(true).build());
        Filler.fill(channel, "again/", KEYS_TO_CHECKPOINT, VALUE_BYTES);
        long end = System.nanoTime() + MEASURED_NANOS;
        Latencies puts = SteadyPuts.run(channel, PUTS_PER_SECOND, () -> System.nanoTime() - end < 0);
        StatusResponse status = MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());
        System.err.printf("   %-8s %d MB of which %d in use: p50 %.2f ms, p99 %.2f ms, slowest %.2f ms%n",
                cluster.name(),
                status.getDbSize() / 1_000_000, status.getDbSizeInUse() / 1_000_000, puts.millis(0.5),
                puts.millis(0.99), puts.millis(1));
        return puts;
    }
}
