package io.myriad.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the Java virtual machine tells of itself, under the names that Micrometer gives it, for a service that has no registry of Micrometer's on its page. */
public final class JvmFigures {
    private static final double MILLIS = 1e3;

    private JvmFigures() {}

    /** Adds them in Prometheus' text format. */
    public static void write(StringBuilder out) {
        memory(out, "jvm_memory_used_bytes", "The amount of used memory", pool -> pool.getUsage().getUsed());
        memory(out, "jvm_memory_committed_bytes",
                "The amount of memory in bytes that is committed for the Java virtual machine to use",
                pool -> pool.getUsage().getCommitted());
        memory(out, "jvm_memory_max_bytes",
                "The maximum amount of memory in bytes that can be used for memory management",
                pool -> pool.getUsage().getMax());
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        describe(out, "jvm_gc_pause_seconds", "summary", "Time spent in GC pause");
        for (GarbageCollectorMXBean collector : collectors) {
            String label = "{gc=\"" + collector.getName() + "\"} ";
            out.append("jvm_gc_pause_seconds_count").append(label).append(collector.getCollectionCount()).append('\n');
            out.append("jvm_gc_pause_seconds_sum").append(label).append(collector.getCollectionTime() / MILLIS)
                    .append('\n');
        }
        describe(out, "jvm_threads_live_threads", "gauge",
                "The current number of live threads including both daemon and non-daemon threads");
        out.append("jvm_threads_live_threads ").append(ManagementFactory.getThreadMXBean().getThreadCount())
                .append('\n');
    }

    private static void memory(StringBuilder out, String name, String help, ToLongFunction<MemoryPoolMXBean> value) {
        describe(out, name, "gauge", help);
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            out.append(name).append("{area=\"").append(pool.getType() == MemoryType.HEAP ? "heap" : "nonheap")
                    .append("\",id=\"").append(pool.getName()).append("\"} ").append(value.applyAsLong(pool))
                    .append('\n');
        }
    }

    private static void describe(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
    }
}
