package io.myriad.benchmarks.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end, within bounds of time. */
public final class ShellCommand {
    private final List<String> command;
    private final Map<String, String> environment = new LinkedHashMap<>();

    public ShellCommand(String... command) {
        this.command = new ArrayList<>(List.of(command));
    }

    public ShellCommand add(String... arguments) {
        command.addAll(List.of(arguments));
        return this;
    }

    public ShellCommand with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /**
     * Runs it, its output in a file.
     *
     * @throws IOException when it fails or takes longer than the limit; the message has the end of its output
     */
    public void run(Path log, Duration limit) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroy();
        }
        if (!ended || process.exitValue() != 0) {
            List<String> lines = Files.readAllLines(log);
            throw new IOException(String.join(" ", command)
                    + (ended ? " failed (" + process.exitValue() + "):\n" : " took longer than " + limit + ":\n")
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
        }
    }
}
