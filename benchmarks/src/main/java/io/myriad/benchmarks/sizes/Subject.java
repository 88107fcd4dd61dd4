package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.nio.file.Path;

import io.myriad.benchmarks.processes.Processes;

/** A system that is measured: something with an API server and processes. Closing it ends its processes and removes its data. */
interface Subject extends AutoCloseable {
    String name();

    /** An administrator's. */
    Path kubeconfig();

    Processes processes();

    @Override
    void close() throws IOException, InterruptedException;
}
