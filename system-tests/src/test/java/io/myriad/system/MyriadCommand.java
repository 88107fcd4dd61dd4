package io.myriad.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The myriad command of this checkout, with a home directory and a kubeconfig of its own. */
final class MyriadCommand {
    /** What a call printed, and how it ended. */
    record Result(int exitCode, String output) {}

    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** The first call builds the product, where that has not been done. */
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);
    private static boolean built;

    private final Path root = checkout();
    private final Path home;

    MyriadCommand(Path home) {
        this.home = home;
    }

    /** The root of this checkout. */
    static Path checkout() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(directory.resolve("myriad"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("the myriad command is not above the working directory");
            }
        }
        return directory;
    }

    /** Where the cluster's files and this command's output are. */
    Path home() {
        return home;
    }

    Path kubeconfig() {
        return home.resolve("kubeconfig");
    }

    /** Runs the command; fails when it does not end well. */
    String run(String... arguments) throws IOException, InterruptedException {
        Result result = call(arguments);
        if (result.exitCode != 0) {
            throw new AssertionError("myriad " + String.join(" ", arguments) + " ended with " + result.exitCode + ":\n"
                    + result.output);
        }
        return result.output;
    }

    Result call(String... arguments) throws IOException, InterruptedException {
        synchronized (MyriadCommand.class) {
            if (!built) {
                Result build = call(BUILD_LIMIT, "build");
                if (build.exitCode != 0) {
                    throw new AssertionError("the product cannot be built:\n" + build.output);
                }
                built = true;
            }
        }
        return call(LIMIT, arguments);
    }

    private Result call(Duration limit, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(root.resolve("myriad").toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(home, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("MYRIAD_HOME", home.resolve("myriad").toString());
        builder.environment().put("KUBECONFIG", kubeconfig().toString());
        Process process = builder.start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("myriad " + String.join(" ", arguments) + " has not ended: "
                    + Files.readString(output, StandardCharsets.UTF_8));
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    JsonNode status(String cluster) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(run("status", "--name", cluster, "--output", "json"));
    }
}
