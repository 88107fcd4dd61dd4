package io.myriad.benchmarks.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.ManagedChannel;

/** etcd's {@code benchmark}, and what it prints. */
final class Tool {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern P50 = Pattern.compile("50% in ([0-9.]+) secs");
    private static final Pattern P99 = Pattern.compile("99% in ([0-9.]+) secs");
    private static final Pattern ERRORS = Pattern.compile("Error distribution:\\s*(.*)", Pattern.DOTALL);

    private final Path program;

    Tool(Path program) {
        this.program = program;
    }

    Load.Run put(int valueBytes, int clients, int connections, int total) {
        return cluster -> run(cluster, clients, connections, total, "put", "--key-size=8", "--sequential-keys",
                "--key-space-size=100000", "--val-size=" + valueBytes);
    }

    Load.Run range(String consistency, int total) {
        return cluster -> {
            ManagedChannel channel = cluster.channel();
            try {
                Filler.fill(channel, "single/", 1, 256);
            } finally {
                channel.shutdownNow();
            }
            return run(cluster, 1000, 100, total, "range", Filler.key("single/", 0).toStringUtf8(),
                    "--consistency=" + consistency);
        };
    }

    private Map<Metric, Double> run(StoreCluster cluster, int clients, int connections, int total, String... command)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString(), "--endpoints=" + cluster.endpoints(),
                "--clients=" + clients, "--conns=" + connections, "--precise"));
        line.addAll(List.of(command));
        line.add("--total=" + total);
        double cpuBefore = cluster.processes().cpuSecondsInAll();
        Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", line) + " failed: " + output);
        }
        Matcher errors = ERRORS.matcher(output);
        if (errors.find()) {
            throw new IOException(String.join(" ", line) + ": " + errors.group(1).strip());
        }
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.RATE, number(RATE, output));
        figures.put(Metric.SERVER_MICROS, (cluster.processes().cpuSecondsInAll() - cpuBefore) * 1e6 / total);
        figures.put(Metric.P50_MILLIS, number(P50, output) * 1e3);
        figures.put(Metric.P99_MILLIS, number(P99, output) * 1e3);
        return figures;
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in " + output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
