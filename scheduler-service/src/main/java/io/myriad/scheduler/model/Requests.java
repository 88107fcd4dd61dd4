package io.myriad.scheduler.model;

/**
 * What a pod asks for.
 *
 * @param resources the requests that must fit: the larger of the sum over containers and what initialisation needs, with
 *            pod-level requests and overhead applied
 * @param scoredMilliCpu as {@code milliCpu}, but a container that asks for no CPU counts as {@link #DEFAULT_MILLI_CPU}
 * @param scoredMemoryBytes as {@code memoryBytes}, but a container that asks for no memory counts as
 *            {@link #DEFAULT_MEMORY_BYTES}
 */
public record Requests(Resources resources, long scoredMilliCpu, long scoredMemoryBytes) {
    /** What a container without a CPU request counts for when nodes are scored. */
    public static final long DEFAULT_MILLI_CPU = 100;
    /** What a container without a memory request counts for when nodes are scored. */
    public static final long DEFAULT_MEMORY_BYTES = 200L * 1024 * 1024;
}
