package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A cluster that {@code ./myriad create cluster} has made, in a home directory of its own. */
final class MyriadCluster implements Subject {
    private static final Duration CREATE_LIMIT = Duration.ofMinutes(10);
    private static final Duration DELETE_LIMIT = Duration.ofMinutes(1);

    private final Path program;
    private final Path directory;
    private final boolean keep;
    private final double createSeconds;

    private MyriadCluster(Path program, Path directory, boolean keep, double createSeconds) {
        this.program = program;
        this.directory = directory;
        this.keep = keep;
        this.createSeconds = createSeconds;
    }

    /**
     * Creates a cluster and waits, no longer than its own limit, until all nodes are ready.
     *
     * @param keep whether it is left running when this is closed
     */
    static MyriadCluster create(Path program, Path directory, boolean keep, String... flags)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        long start = System.nanoTime();
        // When it fails it leaves nothing behind.
        command(program, directory, "create", "cluster").add(flags).run(log(directory), CREATE_LIMIT);
        return new MyriadCluster(program, directory, keep, (System.nanoTime() - start) / 1e9);
    }

    private static ShellCommand command(Path program, Path directory, String... arguments) {
        return new ShellCommand(program.toString()).add(arguments).with("MYRIAD_HOME", directory.toString())
                .with("KUBECONFIG", kubeconfig(directory).toString());
    }

    private static Path log(Path directory) {
        return directory.resolve("command.log");
    }

    private static Path kubeconfig(Path directory) {
        return directory.resolve("kubeconfig");
    }

    /** From the command to all nodes ready. */
    double createSeconds() {
        return createSeconds;
    }

    @Override
    public String name() {
        return "myriad";
    }

    @Override
    public Path kubeconfig() {
        return kubeconfig(directory);
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
        if (!keep) {
            command(program, directory, "delete", "cluster").run(log(directory), DELETE_LIMIT);
        }
    }
}
