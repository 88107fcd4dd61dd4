package io.myriad.cli.cluster;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

import io.myriad.cli.settings.ClusterSize;

/**
 * How a service's JVM is started: from the jars of one build, with an ahead-of-time cache, and with flags that fit the cluster's size.
 *
 * <p>
 * A small cluster is about starting fast and being small: a serial collector and the first compiler only, which was measured to halve the time to start. A large one
 * is about throughput, so it gets all of the JVM.
 *
 * @param java
 *            the program
 * @param build
 *            the directory with the jars, {@code services.jvmargs} and the cache
 */
public record JavaCommand(Path java, Path build) {
    /** The largest number of nodes for which a cluster counts as small. */
    public static final int SMALL_CLUSTER_NODES = 200;
    private static final int ALL_IN_ONE_HEAP_MEBIBYTES = 512;
    private static final int SERVICE_HEAP_MEBIBYTES = 320;
    /** Heap that a node with its pods needs at most, in the process that needs the most of it. */
    private static final double HEAP_MEBIBYTES_PER_NODE = 2;
    /** No more than this part of the machine's memory, however large the cluster. */
    private static final double LARGEST_HEAP_SHARE = 0.6;

    /** The java program and the build that this command itself was started from. */
    public static JavaCommand ofThisProcess() {
        String build = System.getProperty("myriad.build");
        if (build == null) {
            throw new IllegalStateException("the system property myriad.build is not set: start this through ./myriad");
        }
        return new JavaCommand(Path.of(System.getProperty("java.home"), "bin", "java"), Path.of(build));
    }

    /** The command line of a process of a cluster. */
    public List<String> of(Cluster.ProcessSpec process, ClusterSize size) {
        List<String> command = new ArrayList<>(start(jvmFlags(process, size)));
        command.add(process.mainClass());
        command.addAll(process.arguments());
        return command;
    }

    /** The program with this build's flags and further ones, without a main class. */
    public List<String> start(List<String> jvmFlags) {
        List<String> command = new ArrayList<>(List.of(java.toString(), "@" + build.resolve("services.jvmargs")));
        command.addAll(jvmFlags);
        return command;
    }

    /** The flags of a small process, such as a service that somebody starts by itself. */
    public static List<String> smallProcessFlags() {
        return smallProcessFlags(SERVICE_HEAP_MEBIBYTES);
    }

    private static List<String> smallProcessFlags(int heapMebibytes) {
        // Less inlining: the compiler is a third of all work at a start, and this saves a fifth of it.
        return List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:C1MaxInlineSize=12",
                "-Xmx" + heapMebibytes + "m");
    }

    private static List<String> jvmFlags(Cluster.ProcessSpec process, ClusterSize size) {
        int base = process.name().equals(Cluster.ALL_IN_ONE) ? ALL_IN_ONE_HEAP_MEBIBYTES : SERVICE_HEAP_MEBIBYTES;
        if (size.nodes() <= SMALL_CLUSTER_NODES) {
            return smallProcessFlags(base);
        }
        long wanted = base + Math.round(HEAP_MEBIBYTES_PER_NODE * size.nodes());
        return List.of("-Xmx" + Math.min(wanted, Math.round(LARGEST_HEAP_SHARE * machineMebibytes())) + "m");
    }

    private static long machineMebibytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() >> 20;
    }
}
