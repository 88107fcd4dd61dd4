package io.myriad.apiserver.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.apiserver.ApiserverApplication;
import io.myriad.certificates.CertificateAuthority;
import io.myriad.certificates.Credential;
import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;
import io.myriad.store.StoreApplication;

/** A store and an API server in this process, started as the recorded one was, with a client that is a cluster admin. */
final class GoldenServer implements AutoCloseable {
    private final Path directory;
    private final ConfigurableApplicationContext store;
    private final ConfigurableApplicationContext apiserver;
    private final URI url;
    private final SSLContext adminTls;
    private final SSLContext strangerTls;
    private final GoldenClient client;
    private final GoldenClient stranger;

    private GoldenServer(Path directory, ConfigurableApplicationContext store,
            ConfigurableApplicationContext apiserver, URI url, SSLContext adminTls, SSLContext strangerTls) {
        this.directory = directory;
        this.store = store;
        this.apiserver = apiserver;
        this.url = url;
        this.adminTls = adminTls;
        this.strangerTls = strangerTls;
        this.client = new GoldenClient(url, adminTls);
        this.stranger = new GoldenClient(url, strangerTls);
    }

    static GoldenServer start() throws IOException, GeneralSecurityException {
        Path directory = Files.createTempDirectory("golden");
        CertificateAuthority authority = CertificateAuthority.create("golden-ca", InstantSource.system());
        Pem.writePublic(directory.resolve("ca.crt"), Pem.encode(authority.credential().certificate()));
        authority.issueServer("kube-apiserver", List.of("127.0.0.1", "localhost", "10.0.0.1"))
                .write(directory.resolve("apiserver.crt"), directory.resolve("apiserver.key"));
        KeyPair accounts = KeyPairs.generate();
        Pem.writeSecret(directory.resolve("sa.key"), Pem.encode(accounts.getPrivate()));
        Pem.writePublic(directory.resolve("sa.pub"), Pem.encode(accounts.getPublic()));

        int storePort = freePort();
        int peerPort = freePort();
        int port = freePort();
        String storeUrl = "http://127.0.0.1:" + storePort;
        String peerUrl = "http://127.0.0.1:" + peerPort;
        ConfigurableApplicationContext store = StoreApplication.start("--name", "golden", "--data-dir",
                directory.resolve("store").toString(), "--listen-client-urls", storeUrl, "--advertise-client-urls",
                storeUrl, "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster",
                "golden=" + peerUrl, "--management-port", "0");
        ConfigurableApplicationContext apiserver = ApiserverApplication.start("--etcd-servers", storeUrl,
                "--bind-address", "127.0.0.1", "--secure-port", Integer.toString(port), "--advertise-address",
                "127.0.0.1", "--endpoint-reconciler-type", "none", "--tls-cert-file",
                directory.resolve("apiserver.crt").toString(), "--tls-private-key-file",
                directory.resolve("apiserver.key").toString(), "--client-ca-file",
                directory.resolve("ca.crt").toString(), "--authorization-mode", "Node,RBAC",
                "--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file",
                directory.resolve("sa.pub").toString(), "--service-account-signing-key-file",
                directory.resolve("sa.key").toString(), "--service-cluster-ip-range", "10.0.0.0/16",
                "--allow-privileged", "--management-port", "0");
        URI url = URI.create("https://127.0.0.1:" + port);
        Credential admin = authority.issueClient("admin", List.of("system:masters"));
        admin.write(directory.resolve("admin.crt"), directory.resolve("admin.key"));
        return new GoldenServer(directory, store, apiserver, url, tls(authority, admin), tls(authority, null));
    }

    private static SSLContext tls(CertificateAuthority authority, @Nullable Credential admin)
            throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        if (admin != null) {
            keys.setKeyEntry("admin", admin.privateKey(), new char[0],
                    new java.security.cert.Certificate[]{admin.certificate()});
        }
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority.credential().certificate());
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    GoldenClient client() {
        return client;
    }

    /** Where the API server listens. */
    URI url() {
        return url;
    }

    /** Trusts the server, and has the cluster admin's certificate. */
    SSLContext adminTls() {
        return adminTls;
    }

    /** Trusts the server, and has no certificate. */
    SSLContext strangerTls() {
        return strangerTls;
    }

    /** A file beside the server: {@code ca.crt}, and the admin's {@code admin.crt} and {@code admin.key}. */
    Path file(String name) {
        return directory.resolve(name);
    }

    /** A client without a certificate. */
    GoldenClient stranger() {
        return stranger;
    }

    @Override
    public void close() throws IOException {
        apiserver.close();
        store.close();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, java.io.IOException broken) {
                delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
