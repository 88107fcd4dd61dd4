package io.myriad.apiserver.storage.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real etcd, for tests tagged {@code peers}. */
public final class EtcdProcess implements StoreServer {
    private final ProcessBuilder command;
    private final URI endpoint;
    private Process process;

    /** Starts one with an empty data directory below {@code directory}. */
    public EtcdProcess(Path directory) throws IOException {
        endpoint = URI.create("http://127.0.0.1:" + StoreServer.freePort());
        String peerUrl = "http://127.0.0.1:" + StoreServer.freePort();
        command = new ProcessBuilder(List.of(binary().toString(), "--data-dir", directory.resolve("etcd").toString(),
                "--listen-client-urls", endpoint.toString(), "--advertise-client-urls", endpoint.toString(),
                "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster",
                "default=" + peerUrl, "--unsafe-no-fsync")).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile()));
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

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void restart() throws IOException, InterruptedException {
        close();
        process = command.start();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
