package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the test until it is closed. */
final class Running implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String text;
    private final Process process;
    private final Path log;

    Running(String text, Process process, Path log) {
        this.text = text;
        this.process = process;
        this.log = log;
    }

    /** All that it has printed so far. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new AssertionError(text + ": " + failure.getMessage(), failure);
        }
    }

    boolean isAlive() { return process.isAlive(); }

    /** Waits until it has ended by itself; returns its exit code. */
    int end(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(text + " has not ended within " + limit + ":\n" + output());
        }
        return process.exitValue();
    }

    /** Ends it, gracefully first. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
