package io.myriad.cli.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The supervisor of one cluster's processes, seen from the command line: a detached shell script and its watchers, one per process, that share a directory of small
 * files with this class ({@code supervisor.sh} says which).
 *
 * <p>
 * Stopping needs none of them: every process is known by a pid file that it wrote itself, so that also after a crash of the supervisor nothing stays behind. The
 * order is what makes that safe: first the mark that keeps everything from being started, then the supervisor, the watchers, and the processes themselves.
 *
 * <p>
 * The caller holds the cluster's lock while it changes anything here.
 */
public final class Supervisor {
    private static final String SCRIPT = "supervisor.sh";
    private static final String STOPPED = "stopped";
    private static final String COMMAND = ".command";
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    /** The shells do nothing when they are asked to end, so they need no longer. */
    private static final Duration SHELL_GRACE = Duration.ofSeconds(2);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(60);

    private final Path runDirectory;
    private final Path logDirectory;

    /**
     * A supervisor, running or not.
     *
     * @param runDirectory
     *            where it keeps its files
     * @param logDirectory
     *            where the processes' logs are
     */
    public Supervisor(Path runDirectory, Path logDirectory) {
        this.runDirectory = runDirectory;
        this.logDirectory = logDirectory;
    }

    /** Says what a process is; takes effect with its next start. */
    public void define(String name, List<String> command) throws IOException {
        Path temporary = runDirectory.resolve(name + ".new");
        Files.writeString(temporary, commandLine(command));
        Files.move(temporary, runDirectory.resolve(name + COMMAND), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether a process is defined, and in just this way. */
    public boolean isDefined(String name, List<String> command) throws IOException {
        Path file = runDirectory.resolve(name + COMMAND);
        return Files.exists(file) && Files.readString(file).equals(commandLine(command));
    }

    private static String commandLine(List<String> command) {
        return command.stream().map(Supervisor::shellWord).collect(Collectors.joining(" ", "exec ", "\n"));
    }

    /** The names of the processes that are defined, sorted. */
    public List<String> names() throws IOException {
        return namesWith(COMMAND);
    }

    /**
     * Makes all defined processes run: starts the supervisor if it does not, else has it look at its files at once.
     *
     * @param environment
     *            variables for the supervisor and the processes, beside the caller's own
     */
    public void start(Map<String, String> environment) throws IOException {
        Files.deleteIfExists(runDirectory.resolve(STOPPED));
        Optional<ProcessIdentity> supervisor = supervisor();
        if (supervisor.isPresent()) {
            new ProcessBuilder("sh", "-c", "kill -USR1 " + supervisor.get().pid()).start();
            return;
        }
        for (String name : namesWith(".pid")) {
            // Left over by a machine that went down with everything; nothing of it is to be taken over.
            if (process(name).isEmpty()) {
                Files.deleteIfExists(runDirectory.resolve(name + ".pid"));
            }
        }
        Path script = runDirectory.resolve(SCRIPT);
        try (InputStream resource = Supervisor.class.getResourceAsStream("/io/myriad/cli/" + SCRIPT)) {
            if (resource == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            Files.copy(resource, script, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(isOnPath("setsid") ? List.of("setsid") : List.of("nohup"));
        command.addAll(List.of("sh", script.toString(), runDirectory.toString(), logDirectory.toString(), "supervise"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.directory(runDirectory.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logDirectory.resolve("supervisor.log").toFile()));
        builder.redirectErrorStream(true);
        builder.start();
    }

    /** The supervisor, if it runs. */
    public Optional<ProcessIdentity> supervisor() throws IOException {
        return ProcessIdentity.readAlive(runDirectory.resolve("supervisor.pid"));
    }

    /** The process of this name, if it runs. */
    public Optional<ProcessIdentity> process(String name) throws IOException {
        return ProcessIdentity.readAlive(runDirectory.resolve(name + ".pid"));
    }

    /** Whether any process, watcher or the supervisor runs. */
    public boolean isAnythingAlive() throws IOException {
        if (!Files.isDirectory(runDirectory)) {
            return false;
        }
        for (ProcessIdentity identity : everyone()) {
            if (identity.isAlive()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Stops everything, also what a crashed supervisor left behind.
     *
     * @param order
     *            names of processes in the order in which they are to end, those of a group together; running processes that it does not name end last
     * @param grace
     *            how long each group may take before it is killed
     * @throws IOException
     *             if a process cannot be ended; nothing is started again even then
     */
    public void stop(List<List<String>> order, Duration grace) throws IOException {
        if (!Files.isDirectory(runDirectory)) {
            return;
        }
        Files.writeString(runDirectory.resolve(STOPPED), "");
        Optional<ProcessIdentity> supervisor = supervisor();
        end(supervisor.stream().toList(), SHELL_GRACE);
        List<ProcessIdentity> watchers = new ArrayList<>();
        for (String name : namesWith(".watcher")) {
            ProcessIdentity.readAlive(runDirectory.resolve(name + ".watcher")).ifPresent(watchers::add);
        }
        end(watchers, SHELL_GRACE);
        for (List<String> group : order) {
            endProcesses(group, grace);
        }
        endProcesses(namesWith(".pid"), grace);
        try (Stream<Path> files = Files.list(runDirectory)) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(pid|watcher|requested|tmp)"))
                    .toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Ends one process for good: it is no longer defined. */
    public void remove(String name, Duration grace) throws IOException {
        Files.deleteIfExists(runDirectory.resolve(name + COMMAND));
        endProcesses(List.of(name), grace);
        Files.deleteIfExists(runDirectory.resolve(name + ".pid"));
    }

    /**
     * Ends a process and waits until the supervisor has started it again.
     *
     * @param reason
     *            what is written down as the cause
     * @param grace
     *            how long it may take to end by itself; zero: it is killed at once
     * @throws IOException
     *             if it is not there again after a minute
     */
    public void restart(String name, String reason, Duration grace) throws IOException {
        Optional<ProcessIdentity> before = process(name);
        if (before.isPresent()) {
            Files.writeString(runDirectory.resolve(name + ".requested"), reason + "\n");
            end(List.of(before.get()), grace);
        }
        boolean again = await(RESTART_LIMIT, () -> {
            try {
                return process(name).filter(now -> !Optional.of(now).equals(before)).isPresent();
            } catch (IOException e) {
                return false;
            }
        });
        if (!again) {
            throw new IOException(name + " did not start again within " + RESTART_LIMIT.toSeconds() + " s");
        }
    }

    /** The ends of processes, oldest first. */
    public List<Death> deaths() throws IOException {
        List<Death> deaths = new ArrayList<>();
        for (String file : List.of("deaths.tsv.1", "deaths.tsv")) {
            Path path = logDirectory.resolve(file);
            if (Files.exists(path)) {
                try (Stream<String> lines = Files.lines(path)) {
                    lines.map(Death::parse).flatMap(Optional::stream).forEach(deaths::add);
                }
            }
        }
        return deaths;
    }

    private List<ProcessIdentity> everyone() throws IOException {
        List<ProcessIdentity> everyone = new ArrayList<>();
        for (String suffix : List.of(".pid", ".watcher")) {
            for (String name : namesWith(suffix)) {
                ProcessIdentity.read(runDirectory.resolve(name + suffix)).ifPresent(everyone::add);
            }
        }
        return everyone;
    }

    private List<String> namesWith(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(runDirectory)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(suffix))
                    .map(name -> name.substring(0, name.length() - suffix.length())).sorted().toList();
        }
    }

    private void endProcesses(List<String> names, Duration grace) throws IOException {
        List<ProcessIdentity> processes = new ArrayList<>();
        for (String name : names) {
            process(name).ifPresent(processes::add);
        }
        end(processes, grace);
    }

    private static void end(List<ProcessIdentity> processes, Duration grace) throws IOException {
        if (grace.isPositive()) {
            processes.forEach(ProcessIdentity::terminate);
            await(grace, () -> processes.stream().noneMatch(ProcessIdentity::isAlive));
        }
        processes.forEach(ProcessIdentity::kill);
        if (!await(KILL_LIMIT, () -> processes.stream().noneMatch(ProcessIdentity::isAlive))) {
            throw new IOException("cannot end "
                    + processes.stream().filter(ProcessIdentity::isAlive).map(process -> "process " + process.pid())
                            .collect(Collectors.joining(", "))
                    + ": it does not react even to SIGKILL");
        }
    }

    private static boolean await(Duration limit, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= deadlineNanos) {
                return false;
            }
            try {
                Thread.sleep(POLL_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** The word as the shell reads it back, whatever is in it. */
    public static String shellWord(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
