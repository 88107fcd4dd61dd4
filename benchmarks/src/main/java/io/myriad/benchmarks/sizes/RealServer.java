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

/** The real etcd and kube-apiserver, started by {@code system-tests/peers/start.sh}. */
final class RealServer implements Subject {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final int STOP_SECONDS = 20;
    /** Far more than the pods need; the machine stays usable when they need more. */
    private static final String MEMORY_LIMIT = "6GiB";

    private final Path directory;
    private final URI store;

    private RealServer(Path directory, URI store) {
        this.directory = directory;
        this.store = store;
    }

    static RealServer start(Path checkout, Path peers, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int port = freePorts();
        RealServer server = new RealServer(directory, URI.create("http://127.0.0.1:" + (port + 1)));
        try {
            new ShellCommand(checkout.resolve("system-tests/peers/start.sh").toString(), directory.toString())
                    .with("PORT", Integer.toString(port)).with("MYRIAD_PEERS", peers.toString())
                    .with("GOMEMLIMIT", MEMORY_LIMIT).run(directory.resolve("start.log"), START_LIMIT);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
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
        return store;
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
