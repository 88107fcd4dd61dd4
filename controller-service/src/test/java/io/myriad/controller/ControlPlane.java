package io.myriad.controller;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.apiserver.ApiserverApplication;
import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;
import io.myriad.control.client.ApiClient;
import io.myriad.control.client.ClientOptions;
import io.myriad.control.client.KubeConfig;
import io.myriad.control.informer.InformerFactory;
import io.myriad.controller.loop.Controller;
import io.myriad.controller.loop.ControllerContext;
import io.myriad.controller.model.ClusterInformers;
import io.myriad.store.StoreApplication;

/**
 * A store and an API server in this process, and all controllers against them. The controllers' time can be moved ahead; it
 * runs on by itself otherwise, and moving it wakes nobody.
 */
final class ControlPlane implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ConfigurableApplicationContext store;
    private final ConfigurableApplicationContext apiserver;
    private final InformerFactory factory;
    private final List<Controller> controllers;
    private final AtomicLong aheadNanos = new AtomicLong();
    final ApiClient client;
    final ClusterInformers informers;
    final String authority;

    ControlPlane(Path directory, String... flags) throws Exception {
        CertificateAuthority made = CertificateAuthority.create("test-ca", InstantSource.system());
        authority = Pem.encode(made.credential().certificate());
        Pem.writePublic(directory.resolve("ca.crt"), authority);
        made.issueServer("kube-apiserver", List.of("127.0.0.1")).write(directory.resolve("apiserver.crt"),
                directory.resolve("apiserver.key"));
        made.issueClient("admin", List.of("system:masters")).write(directory.resolve("admin.crt"),
                directory.resolve("admin.key"));
        KeyPair accounts = KeyPairs.generate();
        Pem.writeSecret(directory.resolve("sa.key"), Pem.encode(accounts.getPrivate()));
        Pem.writePublic(directory.resolve("sa.pub"), Pem.encode(accounts.getPublic()));
        String storeUrl = "http://127.0.0.1:" + freePort();
        String peerUrl = "http://127.0.0.1:" + freePort();
        int port = freePort();
        store = StoreApplication.start("--name", "s", "--data-dir", directory.resolve("store").toString(),
                "--listen-client-urls", storeUrl, "--advertise-client-urls", storeUrl, "--listen-peer-urls", peerUrl,
                "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", "s=" + peerUrl, "--management-port", "0",
                "--log-level", "error");
        apiserver = ApiserverApplication.start("--etcd-servers", storeUrl, "--bind-address", "127.0.0.1",
                "--secure-port",
                Integer.toString(port), "--advertise-address", "127.0.0.1", "--tls-cert-file",
                directory.resolve("apiserver.crt").toString(), "--tls-private-key-file",
                directory.resolve("apiserver.key").toString(), "--client-ca-file",
                directory.resolve("ca.crt").toString(), "--authorization-mode", "Node,RBAC", "--service-account-issuer",
                "https://kubernetes.default.svc", "--service-account-key-file", directory.resolve("sa.pub").toString(),
                "--service-account-signing-key-file", directory.resolve("sa.key").toString(),
                "--service-cluster-ip-range", "10.0.0.0/16", "--management-port", "0");
        Files.writeString(directory.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: ca.crt}}]
                users: [{name: u, user: {client-certificate: admin.crt, client-key: admin.key}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(port));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        client = ApiClient.create(ClientOptions.of(KubeConfig.read(directory.resolve("kubeconfig")), List.of(),
                "controllers-test"), registry);
        factory = new InformerFactory(client, registry);
        informers = new ClusterInformers(factory);
        InstantSource clock = () -> Instant.now().plusNanos(aheadNanos.get());
        ControllerContext context = new ControllerContext(client, informers, registry, clock,
                () -> System.nanoTime() + aheadNanos.get(), new Random(1), "test");
        String[] all = java.util.stream.Stream.concat(java.util.stream.Stream.of("--root-ca-file",
                directory.resolve("ca.crt").toString(), "--service-account-private-key-file",
                directory.resolve("sa.key").toString()), java.util.Arrays.stream(flags)).toArray(String[]::new);
        controllers = Controllers.create(ControllerOptions.parse(all), context);
    }

    /** Starts the controllers; informers asked for before are started with theirs. */
    void start() {
        CompletableFuture.allOf(controllers.stream().map(Controller::prepare).toArray(CompletableFuture[]::new))
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        factory.start();
        factory.allSynced().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        controllers.forEach(Controller::start);
    }

    void ahead(Duration time) {
        aheadNanos.addAndGet(time.toNanos());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits for a state; an exception counts as not yet. */
    static void eventually(String wanted, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception notYet) {
                last = notYet;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError("not within " + LIMIT + ": " + wanted, last);
    }

    @Override
    public void close() {
        controllers.forEach(controller -> controller.stop(1_000).orTimeout(10, TimeUnit.SECONDS).join());
        factory.close();
        client.close();
        apiserver.close();
        store.close();
    }
}
