package io.myriad.benchmarks.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the processes of a system have used, as Linux counts it in {@code /proc}.
 *
 * @param pids process ids by name
 */
public record Processes(Map<String, Long> pids) {
    /** The kernel counts processor time in hundredths of a second for all programs, whatever its own tick is. */
    private static final double SECONDS_PER_TICK = 0.01;
    /** Fields of {@code /proc/PID/stat} behind the name: the state is the first of them. */
    private static final int USER_TIME_FIELD = 11;
    private static final int SYSTEM_TIME_FIELD = 12;

    /** Processor seconds so far, user and system, of each process. */
    public Map<String, Double> cpuSeconds() throws IOException {
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            String stat = Files.readString(Path.of("/proc/" + process.getValue() + "/stat"));
            // The name is in parentheses and may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            seconds.put(process.getKey(), SECONDS_PER_TICK
                    * (Long.parseLong(fields[USER_TIME_FIELD]) + Long.parseLong(fields[SYSTEM_TIME_FIELD])));
        }
        return seconds;
    }

    /** Processor seconds so far, of all together. */
    public double cpuSecondsInAll() throws IOException {
        return cpuSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Resident MiB of each process, now and at most so far. */
    public Map<String, Memory> memory() throws IOException {
        Map<String, Memory> memory = new LinkedHashMap<>();
        for (Map.Entry<String, Long> process : pids.entrySet()) {
            long now = 0;
            long peak = 0;
            for (String line : Files.readAllLines(Path.of("/proc/" + process.getValue() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    now = mebibytes(line);
                } else if (line.startsWith("VmHWM:")) {
                    peak = mebibytes(line);
                }
            }
            memory.put(process.getKey(), new Memory(now, peak));
        }
        return memory;
    }

    /** Lets {@link #memory} tell what there was at most since now. */
    public void forgetPeaks() throws IOException {
        for (long pid : pids.values()) {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        }
    }

    /** Resident MiB, of all together. */
    public Memory memoryInAll() throws IOException {
        Collection<Memory> each = memory().values();
        return new Memory(each.stream().mapToLong(Memory::now).sum(), each.stream().mapToLong(Memory::peak).sum());
    }

    /** Resident MiB. */
    public record Memory(long now, long peak) {}

    private static long mebibytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
    }
}
