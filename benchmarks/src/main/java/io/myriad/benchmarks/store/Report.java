package io.myriad.benchmarks.store;

import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The figures, as a table for people or as JSON for programs. */
final class Report {
    private final StringBuilder table = new StringBuilder(
            String.format("%-24s %-22s %12s %12s %8s  %s%n", "load", "", "etcd", "myriad", "ratio", "goal"));
    private final ObjectNode tree = JsonNodeFactory.instance.objectNode();

    void add(Load load, Map<Metric, Double> etcd, Map<Metric, Double> myriad) {
        ObjectNode node = tree.putObject(load.name());
        String name = load.name();
        for (Metric metric : Metric.values()) {
            Double theirs = etcd.get(metric);
            Double ours = myriad.get(metric);
            if (theirs == null || ours == null) {
                continue;
            }
            double ratio = ours / theirs;
            Double goal = load.goals().get(metric);
            table.append(String.format(Locale.ROOT, "%-24s %-22s %12.2f %12.2f %8.2f  %s%n", name, metric.unit(),
                    theirs, ours, ratio, goal == null ? "" : verdict(metric, ratio, goal)));
            node.putObject(metric.name()).put("etcd", theirs).put("myriad", ours).put("ratio", ratio);
            name = "";
        }
    }

    private static String verdict(Metric metric, double ratio, double goal) {
        boolean reached = metric.moreIsBetter() ? ratio >= goal : ratio <= goal;
        return String.format(Locale.ROOT, "%s %.2f %s", metric.moreIsBetter() ? "≥" : "≤", goal,
                reached ? "" : "missed");
    }

    String table() {
        return table.toString();
    }

    String json() {
        return tree.toPrettyString() + "\n";
    }
}
