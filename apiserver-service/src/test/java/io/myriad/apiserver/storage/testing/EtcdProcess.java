package io.myriad.apiserver.storage.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

import io.myriad.store.api.CompactionRequest;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.PutRequest;

/** A real etcd on free loopback ports, for tests tagged {@code peers}. */
public final class EtcdProcess implements AutoCloseable {
    private final ProcessBuilder command;
    private final URI endpoint;
    private Process process;

    /** Starts one with an empty data directory below {@code directory}. */
    public EtcdProcess(Path directory) throws IOException {
        int client = freePort();
        int peer = freePort();
        endpoint = URI.create("http://127.0.0.1:" + client);
        String peerUrl = "http://127.0.0.1:" + peer;
        command = new ProcessBuilder(List.of(binary().toString(), "--data-dir", directory.resolve("etcd").toString(),
                "--listen-client-urls", endpoint.toString(), "--advertise-client-urls", endpoint.toString(),
                "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster",
                "default=" + peerUrl, "--unsafe-no-fsync")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile()));
        process = command.start();
    }

    /** Stops it and starts it again with the same data. */
    public void restart() throws IOException, InterruptedException {
        close();
        process = command.start();
    }

    private static Path binary() {
        String peers = System.getenv("MYRIAD_PEERS");
        return (peers == null ? Path.of(System.getProperty("user.home"), ".cache", "myriad-peers") : Path.of(peers))
                .resolve("bin").resolve("etcd");
    }

    /** Whether there is an etcd to start. */
    public static boolean isAvailable() {
        return Files.isExecutable(binary());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    /** Compacts as an API server does: the history before {@code revision} is gone, and a key says so. */
    public void compact(long revision) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort()).usePlaintext()
                .build();
        try {
            KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channel);
            stub.compact(CompactionRequest.newBuilder().setRevision(revision).build());
            stub.put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("compact_rev_key"))
                    .setValue(ByteString.copyFromUtf8(Long.toString(revision))).build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
