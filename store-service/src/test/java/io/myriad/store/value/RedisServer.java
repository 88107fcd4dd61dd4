package io.myriad.store.value;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real server in a process of its own, on a port of its own, with its files in a directory that the test gives. */
public final class RedisServer implements AutoCloseable {

    private static final List<String> PROGRAMS = List.of("redis-server", "valkey-server");
    private static final String READY = "Ready to accept connections";

    private final Path directory;
    private final int port;
    private final List<String> flags;
    private @Nullable Process process;

    private RedisServer(Path directory, int port, List<String> flags) {
        this.directory = directory;
        this.port = port;
        this.flags = flags;
    }

    /** Starts one with an append-only file that is forced to disk at each write; the test is skipped where there is no program to start. */
    public static RedisServer start(Path directory, String... flags) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        return start(directory, port, flags);
    }

    static RedisServer start(Path directory, int port, String... flags) throws IOException, InterruptedException {
        RedisServer server = new RedisServer(directory, port, List.of(flags));
        server.start();
        return server;
    }

    private static String program() {
        Stream<Path> path = Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of);
        List<Path> found = path.flatMap(each -> PROGRAMS.stream().map(each::resolve)).filter(Files::isExecutable)
                .toList();
        Assumptions.assumeFalse(found.isEmpty(),
                "neither redis-server nor valkey-server is on PATH; Debian has it in the package redis-server");
        return found.getFirst().toString();
    }

    /** Starts it, again if it was killed. */
    void start() throws IOException, InterruptedException {
        Path log = directory.resolve("redis.log");
        Files.deleteIfExists(log);
        List<String> command = new ArrayList<>(List.of(program(), "--port", Integer.toString(port), "--bind",
                "127.0.0.1", "--dir", directory.toString(), "--save", "", "--appendonly", "yes", "--appendfsync",
                "always"));
        command.addAll(flags);
        Process started = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        process = started;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains(READY)) {
            if (started.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                started.destroyForcibly();
                throw new IllegalStateException("the server did not start:\n" + Files.readString(log));
            }
        }
    }

    public int port() {
        return port;
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    /** It stands still, with its connections open. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(running().pid())).inheritIO().start().waitFor();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the server was not started");
        }
        return process;
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
