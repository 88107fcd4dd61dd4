package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.myriad.benchmarks.processes.Processes;

/** Lists all pods over and over and says what a list takes. */
final class Lists {
    /** So long compilers of client and server are given, with no fewer than so many lists. */
    private static final long WARM_UP_NANOS = 5_000_000_000L;
    private static final int WARM_UP_ROUNDS = 10;
    private static final long IDLE_MILLIS = 2_000;
    /** What a system that has nothing to do uses at most, and how often we look whether it has come to that. */
    private static final double IDLE_CPU_SECONDS_PER_SECOND = 0.3;
    private static final int IDLE_LOOKS = 20;

    /** How the answer is asked for. */
    enum Format {
        PROTOBUF("application/vnd.kubernetes.protobuf"), JSON("application/json");

        private final String mediaType;

        Format(String mediaType) {
            this.mediaType = mediaType;
        }
    }

    /**
     * What a list takes.
     *
     * @param bytes of an answer
     * @param wallMillis the median
     * @param firstByteMillis the median
     * @param cpuMillis of the system's processes for a list, without what they use when nobody asks
     * @param clientCpuMillis of this process for a list
     */
    record Outcome(Format format, long bytes, double wallMillis, double firstByteMillis, double cpuMillis,
            double clientCpuMillis) {}

    private Lists() {}

    /** Lists {@code rounds} times, warm, when the system does nothing else. */
    static Outcome measure(ListClient client, Processes processes, Format format, int rounds)
            throws IOException, InterruptedException {
        String path = "/api/v1/pods";
        long warm = System.nanoTime() + WARM_UP_NANOS;
        for (int i = 0; i < WARM_UP_ROUNDS || System.nanoTime() < warm; i++) {
            client.get(path, format.mediaType);
        }
        double idle = cpuSecondsPerSecond(processes);
        for (int i = 0; i < IDLE_LOOKS && idle > IDLE_CPU_SECONDS_PER_SECOND; i++) {
            idle = cpuSecondsPerSecond(processes);
        }
        double cpuBefore = processes.cpuSecondsInAll();
        Processes own = new Processes(Map.of("client", ProcessHandle.current().pid()));
        double ownBefore = own.cpuSecondsInAll();
        long start = System.nanoTime();
        List<ListClient.Answer> answers = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            answers.add(client.get(path, format.mediaType));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = processes.cpuSecondsInAll() - cpuBefore - idle * seconds;
        double ownCpu = own.cpuSecondsInAll() - ownBefore;
        return new Outcome(format, answers.getLast().bytes(),
                median(answers.stream().mapToDouble(each -> each.nanos() / 1e6).sorted().toArray()),
                median(answers.stream().mapToDouble(each -> each.firstByteNanos() / 1e6).sorted().toArray()),
                1000 * Math.max(0, cpu) / rounds, 1000 * ownCpu / rounds);
    }

    private static double cpuSecondsPerSecond(Processes processes) throws IOException, InterruptedException {
        double before = processes.cpuSecondsInAll();
        long start = System.nanoTime();
        Thread.sleep(IDLE_MILLIS);
        return (processes.cpuSecondsInAll() - before) / ((System.nanoTime() - start) / 1e9);
    }

    private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
