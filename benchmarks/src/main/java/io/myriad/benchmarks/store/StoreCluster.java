package io.myriad.benchmarks.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;

import io.myriad.benchmarks.processes.Processes;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.RangeRequest;

/** The members of one store, etcd's or ours, as processes on the loopback. */
final class StoreCluster implements AutoCloseable {
    private static final long START_LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int STOP_SECONDS = 30;
    private static final String QUOTA = Long.toString(32L << 30);
    private static final com.google.protobuf.ByteString PROBE = com.google.protobuf.ByteString.copyFromUtf8("probe");

    private final String name;
    private final List<List<String>> commands = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final Path directory;

    private StoreCluster(String name, Path directory) {
        this.name = name;
        this.directory = directory;
    }

    static StoreCluster etcd(Settings settings, int members) throws IOException, InterruptedException {
        return start("etcd", settings, members, List.of(settings.peers().resolve("bin/etcd").toString()));
    }

    static StoreCluster myriad(Settings settings, int members) throws IOException, InterruptedException {
        return start("myriad", settings, members,
                List.of(settings.jdk().resolve("bin/java").toString(),
                        "@" + settings.build().resolve("services.jvmargs"),
                        "-Xmx" + settings.heapMebibytes() + "m", "io.myriad.store.StoreApplication"));
    }

    private static StoreCluster start(String name, Settings settings, int members, List<String> program)
            throws IOException, InterruptedException {
        StoreCluster cluster = new StoreCluster(name, Files.createTempDirectory(settings.directory(), name));
        List<Integer> peers = new ArrayList<>();
        StringBuilder initial = new StringBuilder();
        for (int i = 0; i < members; i++) {
            cluster.ports.add(freePort());
            peers.add(freePort());
            initial.append(i == 0 ? "" : ",").append("m").append(i).append("=http://127.0.0.1:").append(peers.get(i));
        }
        for (int i = 0; i < members; i++) {
            String client = "http://127.0.0.1:" + cluster.ports.get(i);
            String peer = "http://127.0.0.1:" + peers.get(i);
            List<String> command = new ArrayList<>(program);
            command.addAll(List.of("--name=m" + i, "--data-dir=" + cluster.directory.resolve("m" + i),
                    "--listen-client-urls=" + client, "--advertise-client-urls=" + client,
                    "--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
                    "--initial-cluster=" + initial, "--quota-backend-bytes=" + QUOTA, "--log-level=warn"));
            cluster.commands.add(command);
        }
        cluster.startProcesses();
        return cluster;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void startProcesses() throws IOException, InterruptedException {
        for (int i = 0; i < commands.size(); i++) {
            processes.add(new ProcessBuilder(commands.get(i)).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("m" + i + ".log").toFile()))
                    .start());
        }
        for (int port : ports) {
            awaitRead(port);
        }
    }

    private void awaitRead(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT_NANOS;
        ManagedChannel channel = channel(port);
        try {
            while (true) {
                try {
                    KVGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS)
                            .range(RangeRequest.newBuilder().setKey(PROBE).build());
                    return;
                } catch (StatusRuntimeException e) {
                    for (Process process : processes) {
                        if (!process.isAlive()) {
                            throw new IOException(name + " ended; its output is in " + directory);
                        }
                    }
                    if (System.nanoTime() - deadline > 0) {
                        throw new IOException(name + " does not answer", e);
                    }
                    channel.resetConnectBackoff();
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            }
        } finally {
            channel.shutdownNow();
        }
    }

    private static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().maxInboundMessageSize(1 << 30)
                .flowControlWindow(4 << 20).build();
    }

    /** Ends the processes and starts them again; seconds from the start to the first linearizable read. */
    double restart() throws IOException, InterruptedException {
        stopProcesses();
        long began = System.nanoTime();
        startProcesses();
        return (System.nanoTime() - began) / 1e9;
    }

    String name() {
        return name;
    }

    /** As etcd's tools take them. */
    String endpoints() {
        return String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList());
    }

    /** A connection to the first member. */
    ManagedChannel channel() {
        return channel(ports.getFirst());
    }

    Processes processes() {
        Map<String, Long> pids = new LinkedHashMap<>();
        for (int i = 0; i < processes.size(); i++) {
            pids.put("m" + i, processes.get(i).pid());
        }
        return new Processes(pids);
    }

    private void stopProcesses() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
        processes.clear();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stopProcesses();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
