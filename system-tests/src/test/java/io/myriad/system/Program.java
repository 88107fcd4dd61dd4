package io.myriad.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program with the arguments and variables that all its calls have in common. Calls end within a time limit or fail.
 */
final class Program {
    /** How a call ended and what it printed. */
    record Output(int exitCode, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<String> command;
    private final Map<String, String> variables;
    private final Path directory;

    Program(Path file, Path directory, Map<String, String> variables, String... arguments) {
        command = new ArrayList<>(List.of(file.toString()));
        command.addAll(List.of(arguments));
        this.variables = Map.copyOf(variables);
        this.directory = directory;
    }

    /** The same program with one more variable. */
    Program with(String variable, String value) {
        Map<String, String> more = new HashMap<>(variables);
        more.put(variable, value);
        return new Program(Path.of(command.getFirst()), directory, more,
                command.subList(1, command.size()).toArray(String[]::new));
    }

    /** Runs it; fails when it does not end well. Returns what it printed to its output. */
    String run(String... arguments) {
        return runWith("", arguments);
    }

    /** As {@link #run}, with this as the program's input. */
    String runWith(String input, String... arguments) {
        Output output = callWith(input, arguments);
        if (output.exitCode != 0) {
            throw new AssertionError(text(arguments) + " ended with " + output.exitCode + ":\n" + output.out
                    + output.err);
        }
        return output.out;
    }

    /** Runs it, and returns how it ended. */
    Output call(String... arguments) {
        return callWith("", arguments);
    }

    Output callWith(String input, String... arguments) {
        try {
            Path out = Files.createTempFile(directory, "call", ".out");
            Path err = Files.createTempFile(directory, "call", ".err");
            Path in = Files.createTempFile(directory, "call", ".in");
            Files.writeString(in, input);
            Process process = builder(arguments).redirectInput(in.toFile()).redirectOutput(out.toFile())
                    .redirectError(err.toFile()).start();
            boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Output output = new Output(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(in);
            Files.delete(out);
            Files.delete(err);
            if (!ended) {
                throw new AssertionError(text(arguments) + " has not ended within " + LIMIT + ":\n" + output.out
                        + output.err);
            }
            return output;
        } catch (IOException failure) {
            throw new AssertionError(text(arguments) + ": " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(text(arguments) + " was interrupted", interrupted);
        }
    }

    /** Starts it, both outputs going to a file. It runs until it is closed. */
    Running start(Path log, String... arguments) throws IOException {
        Process process = builder(arguments).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new Running(text(arguments), process, log);
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(all).directory(directory.toFile());
        builder.environment().putAll(variables);
        return builder;
    }

    private String text(String... arguments) {
        return Path.of(command.getFirst()).getFileName() + " " + String.join(" ", arguments);
    }
}
