package io.myriad.benchmarks.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The command {@code benchmarks/store}. */
public final class StoreNumbers {

    /** A JVM compiles what it runs often: what is measured is the store as it is after the first minute. */
    private static final int WARM_UP_ROUNDS = 4;

    private StoreNumbers() {}

    /** Runs the loads and prints what came out. */
    public static void main(String[] arguments) throws Exception {
        Settings settings;
        try {
            settings = Settings.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("store: " + e.getMessage());
            System.exit(2);
            return;
        }
        Report report = new Report();
        for (Load load : Load.all(new Tool(settings.peers().resolve("bin/benchmark")), settings)) {
            if (settings.only().isEmpty() || settings.only().contains(load.name())) {
                System.err.println(load.name() + " ...");
                measure(load, settings, report);
            }
        }
        System.out.print(settings.json() ? report.json() : report.table());
        System.exit(0);
    }

    private static void measure(Load load, Settings settings, Report report) throws Exception {
        try (StoreCluster etcd = StoreCluster.etcd(settings, load.members());
                StoreCluster myriad = StoreCluster.myriad(settings, load.members())) {
            List<StoreCluster> both = List.of(etcd, myriad);
            int rounds = Math.min(settings.rounds(), load.rounds());
            boolean warm = load.rounds() > 1;
            Map<Metric, List<Double>> ofEtcd = new EnumMap<>(Metric.class);
            Map<Metric, List<Double>> ofMyriad = new EnumMap<>(Metric.class);
            for (int round = warm ? -WARM_UP_ROUNDS : 0; round < rounds; round++) {
                for (StoreCluster cluster : both) {
                    Map<Metric, Double> outcome = load.run().on(cluster);
                    System.err.printf("   %-8s %s%s%n", cluster.name(), outcome, round < 0 ? " (warming up)" : "");
                    if (round >= 0) {
                        Map<Metric, List<Double>> figures = cluster == etcd ? ofEtcd : ofMyriad;
                        outcome.forEach((metric, value) -> figures
                                .computeIfAbsent(metric, any -> new ArrayList<>()).add(value));
                    }
                }
            }
            report.add(load, medians(ofEtcd), medians(ofMyriad));
        }
    }

    private static Map<Metric, Double> medians(Map<Metric, List<Double>> values) {
        Map<Metric, Double> medians = new EnumMap<>(Metric.class);
        values.forEach((metric, each) -> {
            List<Double> sorted = new ArrayList<>(each);
            Collections.sort(sorted);
            medians.put(metric, sorted.get(sorted.size() / 2));
        });
        return medians;
    }
}
