package io.myriad.benchmarks.store;

import java.util.EnumMap;
import java.util.Map;

import io.grpc.ManagedChannel;

/** A store full of keys of 1 kB, started again: what it has in memory, and how long until it reads. */
final class MemoryLoad implements Load.Run {
    private static final int VALUE_BYTES = 1024;

    private final int keys;

    MemoryLoad(int keys) {
        this.keys = keys;
    }

    @Override
    public Map<Metric, Double> on(StoreCluster cluster) throws Exception {
        ManagedChannel channel = cluster.channel();
        try {
            Filler.fill(channel, "memory/", keys, VALUE_BYTES);
        } finally {
            channel.shutdownNow();
        }
        System.err.printf("   %-8s %d keys written: %d MiB resident%n", cluster.name(), keys,
                cluster.processes().memoryInAll().now());
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.SECONDS, cluster.restart());
        figures.put(Metric.MEMORY, (double) cluster.processes().memoryInAll().now());
        return figures;
    }
}
