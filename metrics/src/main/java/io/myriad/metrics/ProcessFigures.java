package io.myriad.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * What the operating system counts for this process. What it does not tell is -1, and is not written.
 *
 * @param cpuSeconds
 *            processor time used, user and system
 * @param residentBytes
 *            memory in use
 * @param virtualBytes
 *            address space reserved
 * @param openFiles
 *            file descriptors in use
 * @param filesMax
 *            how many it may have
 */
public record ProcessFigures(double cpuSeconds, long residentBytes, long virtualBytes, long openFiles, long filesMax) {
    private static final Path MEMORY = Path.of("/proc/self/status");
    private static final double NANOS = 1e9;
    private static final long KIBIBYTE = 1024;

    /** Asks the operating system. */
    public static ProcessFigures read() {
        double cpu = -1;
        long open = -1;
        long most = -1;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            cpu = system.getProcessCpuTime() / NANOS;
            open = system.getOpenFileDescriptorCount();
            most = system.getMaxFileDescriptorCount();
        }
        String status;
        try {
            status = Files.readString(MEMORY);
        } catch (IOException notLinux) {
            status = "";
        }
        return new ProcessFigures(cpu, kibibytes(status, "VmRSS:"), kibibytes(status, "VmSize:"), open, most);
    }

    /** The value of a line like {@code VmRSS: 1234 kB}, in bytes. */
    static long kibibytes(String status, String key) {
        return status.lines().filter(line -> line.startsWith(key)).findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE).orElse(-1L);
    }

    /** Adds what is known in Prometheus' text format, under the names that all upstream components have. */
    public void write(StringBuilder out) {
        sample(out, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
                cpuSeconds < 0 ? "" : Double.toString(cpuSeconds));
        sample(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", whole(residentBytes));
        sample(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", whole(virtualBytes));
        sample(out, "process_open_fds", "gauge", "Number of open file descriptors.", whole(openFiles));
        sample(out, "process_max_fds", "gauge", "Maximum number of open file descriptors.", whole(filesMax));
    }

    private static String whole(long value) {
        return value < 0 ? "" : Long.toString(value);
    }

    private static void sample(StringBuilder out, String name, String type, String help, String value) {
        if (!value.isEmpty()) {
            out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                    .append(type).append('\n').append(name).append(' ').append(value).append('\n');
        }
    }
}
