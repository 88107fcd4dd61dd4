package io.myriad.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real control plane in a directory, as {@code peers/start.sh} starts it. Its processes are few and bounded in memory. */
final class RealControlPlane implements AutoCloseable {
    /** What start.sh takes beside the port that it is told. */
    private static final int MORE_PORTS = 2;
    private static final int ATTEMPTS = 100;

    private final Path directory;
    private final int port;

    private RealControlPlane(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts kube-apiserver, and etcd below it unless there is a store already.
     *
     * @param store the URL of a store that speaks etcd's protocol, or empty for an etcd of its own
     */
    static RealControlPlane start(Path directory, String store) throws IOException {
        Peers.program("kube-apiserver");
        Peers.program("etcd");
        Files.createDirectories(directory);
        int port = freePorts();
        Map<String, String> variables = new HashMap<>();
        variables.put("PORT", Integer.toString(port));
        variables.put("GOMEMLIMIT", "512MiB");
        if (!store.isEmpty()) {
            variables.put("ETCD_SERVERS", store);
        }
        RealControlPlane started = new RealControlPlane(directory, port);
        Path script = MyriadCommand.checkout().resolve("system-tests/peers/start.sh");
        try {
            new Program(Path.of("/bin/bash"), directory, variables, script.toString()).run(directory.toString());
        } catch (AssertionError failure) {
            started.close();
            throw failure;
        }
        return started;
    }

    /** The first of some ports in a row of which none is taken now. */
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<ServerSocket> sockets = new ArrayList<>();
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                for (int more = 1; more <= MORE_PORTS; more++) {
                    sockets.add(new ServerSocket(first.getLocalPort() + more, 1, InetAddress.getLoopbackAddress()));
                }
                return first.getLocalPort();
            } catch (IOException | IllegalArgumentException taken) {
                // The next attempt gets another first port.
            } finally {
                for (ServerSocket socket : sockets) {
                    socket.close();
                }
            }
        }
        throw new IOException("no " + (MORE_PORTS + 1) + " free ports in a row");
    }

    /** A port of the loopback that nobody listens on now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Certificates, keys and the kubeconfig are here. */
    Path directory() {
        return directory;
    }

    /** Where the etcd listens that was started with it. */
    String etcd() {
        return "http://127.0.0.1:" + (port + 1);
    }

    /** kubectl as the administrator of this API server. */
    Program kubectl() {
        return kubectl(port);
    }

    /** kubectl as administrator of another API server that was given the same certificates. */
    Program kubectl(int otherPort) {
        return new Program(Peers.program("kubectl"), directory, Map.of("HOME", directory.toString()), "--kubeconfig",
                directory.resolve("kubeconfig").toString(), "--server", "https://127.0.0.1:" + otherPort);
    }

    /** Flags with which another API server takes this one's place beside it. */
    List<String> flagsOfAnother(int otherPort, String store) {
        return List.of("--etcd-servers", store, "--bind-address", "127.0.0.1", "--secure-port",
                Integer.toString(otherPort), "--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none",
                "--tls-cert-file", "apiserver.crt", "--tls-private-key-file", "apiserver.key", "--client-ca-file",
                "ca.crt", "--authorization-mode", "Node,RBAC", "--service-account-issuer",
                "https://kubernetes.default.svc", "--service-account-key-file", "sa.pub",
                "--service-account-signing-key-file", "sa.key", "--service-cluster-ip-range", "10.0.0.0/16",
                "--allow-privileged");
    }

    @Override
    public void close() throws IOException {
        List<Path> pids;
        try (Stream<Path> files = Files.list(directory)) {
            pids = files.filter(file -> file.toString().endsWith(".pid")).toList();
        }
        for (Path file : pids) {
            ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }
}
