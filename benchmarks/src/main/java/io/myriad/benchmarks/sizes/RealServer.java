package io.myriad.benchmarks.sizes;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.myriad.benchmarks.processes.Processes;
import io.myriad.benchmarks.processes.ShellCommand;

/** The real etcd and kube-apiserver, started by {@code system-tests/peers/start.sh}. */
final class RealServer implements Subject {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final int STOP_SECONDS = 20;
    /** Far more than the pods need; the machine stays usable when they need more. */
    private static final String MEMORY_LIMIT = "6GiB";

    private final Path directory;
    private final int port;

    private RealServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** One that is still to be started. */
    static RealServer in(Path directory) throws IOException {
        Files.createDirectories(directory);
        return new RealServer(directory, freePorts());
    }

    void start(Path checkout, Path peers) throws IOException, InterruptedException {
        new ShellCommand(checkout.resolve("system-tests/peers/start.sh").toString(), directory.toString())
                .with("PORT", Integer.toString(port)).with("MYRIAD_PEERS", peers.toString())
                .with("GOMEMLIMIT", MEMORY_LIMIT).run(directory.resolve("start.log"), START_LIMIT);
    }

    /** The first of three ports in a row that were free a moment ago. */
    private static int freePorts() throws IOException {
        while (true) {
            try (ServerSocket first = new ServerSocket(0)) {
                try (ServerSocket second = new ServerSocket(first.getLocalPort() + 1);
                        ServerSocket third = new ServerSocket(second.getLocalPort() + 1)) {
                    return third.getLocalPort() - 2;
                } catch (IOException | IllegalArgumentException taken) {
                    continue;
                }
            }
        }
    }

    /** The etcd's client URL; it speaks without TLS. */
    URI store() {
        return URI.create("http://127.0.0.1:" + (port + 1));
    }

    @Override
    public String name() {
        return "kube-apiserver";
    }

    @Override
    public Path kubeconfig() {
        return directory.resolve("kubeconfig");
    }

    @Override
    public Processes processes() {
        Map<String, Long> pids = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".pid")).toList()) {
                pids.put(file.getFileName().toString().replace(".pid", ""),
                        Long.parseLong(Files.readString(file).strip()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Processes(pids);
    }

    @Override
    public void close() throws InterruptedException {
        for (long pid : processes().pids().values()) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            process.ifPresent(ProcessHandle::destroy);
            for (int i = 0; i < STOP_SECONDS * 10 && process.isPresent() && process.get().isAlive(); i++) {
                Thread.sleep(100);
            }
            process.filter(ProcessHandle::isAlive).ifPresent(ProcessHandle::destroyForcibly);
        }
    }
}
