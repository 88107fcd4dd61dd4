package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.benchmarks.processes.Processes;

/** The figures, as a table for people or as JSON for programs. */
final class Report {
    private final StringBuilder text = new StringBuilder();
    private final ObjectNode tree = JsonNodeFactory.instance.objectNode();
    private final Map<String, Map<Lists.Format, Lists.Outcome>> lists = new LinkedHashMap<>();

    void created(int nodes, double seconds, Map<String, Processes.Memory> memory) {
        line("%d nodes ready %.1f s after 'create cluster', %d MiB resident", nodes, seconds,
                memory.values().stream().mapToLong(Processes.Memory::now).sum());
        tree.putObject("create").put("nodes", nodes).put("seconds", seconds);
    }

    void loaded(int wanted, PodLoad.Outcome outcome) {
        line("%d of %d pods running after %.1f s: %.0f pods/s, %.1f CPU s, %.2f CPU ms a pod", outcome.running(),
                wanted,
                outcome.seconds(), outcome.podsPerSecond(), outcome.cpuSeconds(), outcome.cpuMillisPerPod());
        line("  running after each second: %s", outcome.runningBySecond());
        tree.putObject("load").put("pods", wanted).put("running", outcome.running()).put("seconds", outcome.seconds())
                .put("podsPerSecond", outcome.podsPerSecond()).put("cpuSeconds", outcome.cpuSeconds())
                .put("cpuMillisPerPod", outcome.cpuMillisPerPod());
    }

    /** What each process has in memory; {@code together}: MiB that all together had at most, 0 when nobody has looked. */
    void memory(Subject subject, long together) throws IOException {
        Map<String, Processes.Memory> memory = subject.processes().memory();
        ObjectNode processes = tree.withObject("memoryMebibytes").putObject(subject.name());
        long now = 0;
        for (Map.Entry<String, Processes.Memory> process : memory.entrySet()) {
            line("  %6d MiB now, %6d MiB at most  %s", process.getValue().now(), process.getValue().peak(),
                    process.getKey());
            processes.putObject(process.getKey()).put("now", process.getValue().now()).put("peak",
                    process.getValue().peak());
            now += process.getValue().now();
        }
        if (together > 0) {
            line("  %6d MiB now, %6d MiB at most  %s in all", now, together, subject.name());
            processes.putObject("all").put("now", now).put("peak", together);
        } else {
            line("  %6d MiB now                       %s in all", now, subject.name());
        }
    }

    void listed(String subject, Lists.Outcome outcome) {
        lists.computeIfAbsent(subject, any -> new LinkedHashMap<>()).put(outcome.format(), outcome);
        line("%-14s LIST pods %-8s %6.1f MB  wall %7.1f ms  first byte %7.1f ms  CPU of the server %7.1f ms, of the client %6.1f ms",
                subject,
                outcome.format(), outcome.bytes() / 1e6, outcome.wallMillis(), outcome.firstByteMillis(),
                outcome.cpuMillis(), outcome.clientCpuMillis());
        tree.withObject("list").withObject(subject).putObject(outcome.format().name().toLowerCase(Locale.ROOT))
                .put("bytes", outcome.bytes()).put("wallMillis", outcome.wallMillis())
                .put("firstByteMillis", outcome.firstByteMillis()).put("cpuMillis", outcome.cpuMillis())
                .put("clientCpuMillis", outcome.clientCpuMillis());
        Lists.Outcome ours = lists.getOrDefault("myriad", Map.of()).get(outcome.format());
        if (ours != null && ours != outcome) {
            line("  %s: %.1f times as fast, %.1f times as cheap", outcome.format(),
                    outcome.wallMillis() / ours.wallMillis(), outcome.cpuMillis() / ours.cpuMillis());
        }
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
        System.err.println("   " + String.format(Locale.ROOT, format, values));
    }

    String table() {
        return text.toString();
    }

    String json() {
        return tree.toPrettyString() + "\n";
    }
}
