package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.myriad.benchmarks.processes.Processes;
import io.myriad.benchmarks.processes.ShellCommand;

/** A cluster that {@code ./myriad create cluster} has made, in a home directory of its own. */
final class MyriadCluster implements Subject {
    private static final Duration CREATE_LIMIT = Duration.ofMinutes(10);
    private static final Duration DELETE_LIMIT = Duration.ofMinutes(1);

    private final Path program;
    private final Path directory;

    /** One that is still to be created. */
    MyriadCluster(Path program, Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /** Creates it and waits, no longer than its own limit, until all nodes are ready; seconds from the command to then. */
    double create(String... flags) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        long start = System.nanoTime();
        command("create", "cluster").add(flags).run(log(), CREATE_LIMIT);
        return (System.nanoTime() - start) / 1e9;
    }

    private ShellCommand command(String... arguments) {
        return new ShellCommand(program.toString()).add(arguments).with("MYRIAD_HOME", directory.toString())
                .with("KUBECONFIG", kubeconfig().toString());
    }

    private Path log() {
        return directory.resolve("command.log");
    }

    @Override
    public String name() {
        return "myriad";
    }

    @Override
    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    /** The cluster's own directory. */
    Path cluster() {
        return directory.resolve("clusters/myriad");
    }

    /** The flags of all its services, also where each has a process of its own. */
    Path arguments() {
        return cluster().resolve("run/arguments");
    }

    @Override
    public Processes processes() {
        Map<String, Long> pids = new TreeMap<>();
        try (Stream<Path> files = Files.list(cluster().resolve("run"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".pid")).toList()) {
                String name = file.getFileName().toString().replace(".pid", "");
                pids.put(name, Long.parseLong(Files.readString(file).strip().split(" ")[0]));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Processes(pids);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (Files.exists(cluster())) {
            command("delete", "cluster").run(log(), DELETE_LIMIT);
        }
    }
}
