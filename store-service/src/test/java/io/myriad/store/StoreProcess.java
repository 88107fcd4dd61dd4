package io.myriad.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.util.FileSystemUtils;

import static java.util.Objects.requireNonNull;

/** A store in a process of its own, to be killed. */
final class StoreProcess implements AutoCloseable {

    private static final Pattern SERVING = Pattern.compile("serving client traffic on http://127.0.0.1:(\\d+)");

    /** What follows the stacks of a dump of threads. */
    private static final Pattern THREAD_DUMP_END = Pattern.compile("JNI global refs");

    /** What all processes use: the class path in jars and its archive. */
    private static final Path SHARED = shared();
    private static final Set<StoreProcess> RUNNING = ConcurrentHashMap.newKeySet();
    private static boolean warm;

    private final Process process;
    private final Path log;
    /** How long the log was before: what other lives of the same member have said is not this one's. */
    private final long logStart;

    private StoreProcess(Process process, Path log, long logStart) {
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    /**
     * Once for all tests of this JVM, because it takes long: starts a store and ends it in order, so that its JVM leaves an archive of its classes, which halves the start of all that
     * follow.
     */
    static synchronized void warmUp(Path directory) throws InterruptedException {
        if (warm) {
            return;
        }
        StoreProcess process = start(directory.resolve("warm.log"),
                List.of("--data-dir", directory.resolve("warm").toString(), "--listen-client-urls",
                        "http://127.0.0.1:0"));
        process.awaitReady();
        process.process.destroy();
        process.process.waitFor();
        warm = true;
    }

    private static Path shared() {
        try {
            Path directory = Files.createTempDirectory("store-process");
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(directory.toFile())));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a store that writes its output to {@code log}. */
    static StoreProcess start(Path log, List<String> flags) {
        return start(log, flags, List.of());
    }

    /** The same behind a command that runs another one. */
    static StoreProcess start(Path log, List<String> flags, List<String> runner) {
        try {
            List<String> command = new ArrayList<>(runner);
            command.addAll(
                    List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+UseCompactObjectHeaders",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-XX:+AutoCreateSharedArchive",
                            "-XX:SharedArchiveFile=" + SHARED.resolve("classes.jsa"), "-Xlog:disable",
                            "-Dorg.springframework.boot.logging.LoggingSystem=none", "-Dstore.log.level=INFO", "-cp",
                            JarClassPath.in(SHARED.resolve("jars")), StoreApplication.class.getName()));
            command.addAll(flags);
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            StoreProcess started = new StoreProcess(
                    new ProcessBuilder(command).redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start(),
                    log, logStart);
            RUNNING.add(started);
            started.process.onExit().thenRun(() -> RUNNING.remove(started));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the store serves and returns its port. */
    int awaitPort() throws InterruptedException {
        return Integer.parseInt(awaitLine(SERVING).group(1));
    }

    void awaitReady() throws InterruptedException {
        awaitLine(Pattern.compile("ready to serve client requests"));
    }

    private Matcher awaitLine(Pattern pattern) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < deadline) {
            Matcher matcher = pattern.matcher(output());
            if (matcher.find()) {
                return matcher;
            }
            if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the store ended with " + process.exitValue() + ":\n" + output());
            }
        }
        throw new IllegalStateException("no line with " + pattern + " in 60 s:\n" + output());
    }

    /** What it has said in this life. */
    String output() {
        try {
            byte[] all = Files.readAllBytes(log);
            return new String(all, (int) logStart, all.length - (int) logStart, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        requireNonNull(process).destroyForcibly().waitFor();
    }

    /** Every store that runs writes to its log what its threads do: for a test that waits in vain, before it ends them. */
    static void dumpThreads() throws InterruptedException {
        for (StoreProcess each : RUNNING) {
            try {
                Path dump = Path.of(each.log + "-" + each.pid() + ".threads");
                new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(each.pid()), "Thread.dump_to_file", dump.toString()).inheritIO().start()
                        .waitFor(10, TimeUnit.SECONDS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            each.signal("QUIT");
            each.awaitLine(THREAD_DUMP_END);
        }
    }

    /** Makes it stand still: all its threads, with its connections open. */
    void pause() throws InterruptedException {
        signal("STOP");
    }

    void resume() throws InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the process to end by itself and returns its exit code. */
    int awaitExit() throws InterruptedException {
        return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() { return process.isAlive(); }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
