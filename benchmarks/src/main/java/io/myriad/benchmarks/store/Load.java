package io.myriad.benchmarks.store;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A load that both stores are put under.
 *
 * @param name how it is called on the command line
 * @param members members of each store
 * @param goals ratios to etcd that are wanted
 * @param run what is done
 * @param rounds how often it may be repeated on one store: loads that fill it are done once
 */
record Load(String name, int members, Map<Metric, Double> goals, Run run, int rounds) {

    static final int ANY_ROUNDS = Integer.MAX_VALUE;

    /** Does it, and says what came out. */
    @FunctionalInterface
    interface Run {
        Map<Metric, Double> on(StoreCluster cluster) throws Exception;
    }

    /** The table of the loads. */
    static List<Load> all(Tool tool, Settings settings) {
        Map<Metric, Double> put1 = goalsOf(Metric.RATE, 2.3, Metric.SERVER_MICROS, 0.25, Metric.P99_MILLIS, 1);
        Map<Metric, Double> put3 = goalsOf(Metric.RATE, 2.3, Metric.SERVER_MICROS, 0.35, Metric.P99_MILLIS, 1);
        Map<Metric, Double> range = goalsOf(Metric.RATE, 1.9, Metric.SERVER_MICROS, 0.3);
        Map<Metric, Double> one = goalsOf(Metric.P50_MILLIS, 1);
        Map<Metric, Double> list = goalsOf(Metric.MEGABYTES_PER_SECOND, 5, Metric.EXTRA_MEMORY, 0.2);
        Map<Metric, Double> kubernetes = goalsOf(Metric.RATE, 2.2, Metric.SERVER_MICROS, 0.3);
        RangeLoad lists = new RangeLoad();
        return List.of(
                new Load("put", 1, put1, tool.put(256, 1000, 100, 100_000), ANY_ROUNDS),
                new Load("put-3-members", 3, put3, tool.put(256, 1000, 100, 60_000), ANY_ROUNDS),
                new Load("put-1kb", 1, goalsOf(), tool.put(1024, 1000, 100, 60_000), ANY_ROUNDS),
                new Load("put-1-client", 1, one, tool.put(256, 1, 1, 4_000), ANY_ROUNDS),
                new Load("put-1-client-3-members", 3, one, tool.put(256, 1, 1, 3_000), ANY_ROUNDS),
                new Load("range-linearizable", 1, range, tool.range("l", 120_000), ANY_ROUNDS),
                new Load("range-serializable", 1, range, tool.range("s", 120_000), ANY_ROUNDS),
                new Load("list", 1, list, lists::unary, ANY_ROUNDS),
                new Load("list-stream", 1, list, lists::stream, ANY_ROUNDS),
                new Load("kubernetes", 1, kubernetes, new TransactionLoad(1000, 20, 60_000, 1024), ANY_ROUNDS),
                new Load("watch", 1, goalsOf(Metric.P99_MILLIS, 0.5), new WatchLoad(10_000, 100, 2_000, 16_000),
                        ANY_ROUNDS),
                new Load("memory", 1, goalsOf(Metric.MEMORY, 1.5, Metric.SECONDS, 1), new MemoryLoad(settings.keys()),
                        1),
                new Load("defragment", 1, goalsOf(), new DefragmentLoad(settings.gigabytes()), 1),
                new Load("holes", 1, goalsOf(), new HolesLoad(settings.gigabytes()), 1));
    }

    private static Map<Metric, Double> goalsOf(Object... pairs) {
        Map<Metric, Double> goals = new EnumMap<>(Metric.class);
        for (int i = 0; i < pairs.length; i += 2) {
            goals.put((Metric) pairs[i], ((Number) pairs[i + 1]).doubleValue());
        }
        return goals;
    }
}
