package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.util.Collection;

import io.myriad.benchmarks.processes.Processes;

/** Looks every second at what all processes together have in memory, and ends the run before they take the machine's. */
final class MemoryWatch {
    private static final long PERIOD_MILLIS = 1_000;
    private static final long LIMIT_MEBIBYTES = 8 << 10;

    private final Collection<Subject> subjects;
    private volatile long peak;

    private MemoryWatch(Collection<Subject> subjects) {
        this.subjects = subjects;
    }

    static MemoryWatch start(Collection<Subject> subjects) {
        MemoryWatch watch = new MemoryWatch(subjects);
        Thread.ofPlatform().daemon().name("memory").start(watch::run);
        return watch;
    }

    /** Resident MiB of all processes together, at most so far. */
    long peak() {
        return peak;
    }

    private void run() {
        while (true) {
            long now = 0;
            for (Subject subject : subjects) {
                try {
                    now += subject.processes().memory().values().stream().mapToLong(Processes.Memory::now).sum();
                } catch (IOException | java.io.UncheckedIOException e) {
                    // One that starts or ends just now.
                }
            }
            peak = Math.max(peak, now);
            if (now > LIMIT_MEBIBYTES) {
                System.err.println("first-sizes: " + now + " MiB in memory are more than " + LIMIT_MEBIBYTES);
                System.exit(1);
            }
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
