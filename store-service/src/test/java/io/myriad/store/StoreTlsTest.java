package io.myriad.store;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.certificates.CertificateAuthority;
import io.myriad.store.api.AuthEnableRequest;
import io.myriad.store.api.AuthGrpc;
import io.myriad.store.api.AuthRoleAddRequest;
import io.myriad.store.api.AuthRoleGrantPermissionRequest;
import io.myriad.store.api.AuthUserAddRequest;
import io.myriad.store.api.AuthUserGrantRoleRequest;
import io.myriad.store.api.ClusterGrpc;
import io.myriad.store.api.KVGrpc;
import io.myriad.store.api.MemberListRequest;
import io.myriad.store.api.auth.Permission;
import io.myriad.store.api.auth.UserAddOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** TLS with client certificates, for clients and between members. */
final class StoreTlsTest {

    @TempDir
    static Path directory = Path.of("");

    @BeforeAll
    static void certificates() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create("test-ca", InstantSource.system());
        Files.writeString(directory.resolve("ca.crt"), authority.credential().certificatePem());
        authority.issuePeer("store", List.of("127.0.0.1", "localhost")).write(directory.resolve("store.crt"),
                directory.resolve("store.key"));
        authority.issueClient("client", List.of()).write(directory.resolve("client.crt"),
                directory.resolve("client.key"));
        CertificateAuthority.create("stranger", InstantSource.system()).issueClient("client", List.of()).write(
                directory.resolve("stranger.crt"),
                directory.resolve("stranger.key"));
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static List<String> clientTls() {
        return List.of("--cert-file", file("store.crt"), "--key-file", file("store.key"), "--trusted-ca-file",
                file("ca.crt"), "--client-cert-auth");
    }

    private static ManagedChannel channel(int port, String credential) throws Exception {
        return NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(GrpcSslContexts.forClient().trustManager(directory.resolve("ca.crt").toFile())
                        .keyManager(directory.resolve(credential + ".crt").toFile(),
                                directory.resolve(credential + ".key").toFile())
                        .build())
                .build();
    }

    private static int port(ConfigurableApplicationContext context) {
        return context.getBean(StoreService.class).clientPorts().getFirst();
    }

    @Test
    void onlyClientsOfTheAuthorityAreServed() throws Exception {
        List<String> flags = new ArrayList<>(clientTls());
        flags.addAll(List.of("--data-dir", file("single"), "--listen-client-urls", "https://127.0.0.1:0"));
        ConfigurableApplicationContext context = StoreApplication.start(flags.toArray(new String[0]));
        ManagedChannel known = channel(port(context), "client");
        ManagedChannel stranger = channel(port(context), "stranger");
        try {
            assertThat(KVGrpc.newBlockingStub(known).put(Requests.put("a", "1")).getHeader().getRevision())
                    .isEqualTo(2);
            assertThatThrownBy(() -> KVGrpc.newBlockingStub(stranger).put(Requests.put("a", "1")))
                    .isInstanceOfSatisfying(StatusRuntimeException.class,
                            error -> assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        } finally {
            known.shutdownNow();
            stranger.shutdownNow();
            context.close();
        }
    }

    @Test
    void aCertificateSaysWhoAClientIs() throws Exception {
        List<String> flags = new ArrayList<>(clientTls());
        flags.addAll(List.of("--data-dir", file("named"), "--listen-client-urls", "https://127.0.0.1:0",
                "--bcrypt-cost=4"));
        ConfigurableApplicationContext context = StoreApplication.start(flags.toArray(new String[0]));
        ManagedChannel channel = channel(port(context), "client");
        try {
            AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
            for (String user : List.of("root", "client")) {
                auth.userAdd(AuthUserAddRequest.newBuilder().setName(user)
                        .setOptions(UserAddOptions.newBuilder().setNoPassword(true)).build());
            }
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("r").build());
            auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder().setName("r")
                    .setPerm(Permission.newBuilder().setPermType(Permission.Type.READWRITE)
                            .setKey(Requests.bytes("mine")))
                    .build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("client").setRole("r").build());
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
            KVGrpc.newBlockingStub(channel).put(Requests.put("mine", "1"));
            assertThatThrownBy(() -> KVGrpc.newBlockingStub(channel).put(Requests.put("other", "1")))
                    .hasMessage("PERMISSION_DENIED: etcdserver: permission denied");
        } finally {
            channel.shutdownNow();
            context.close();
        }
    }

    /** Version and cipher suite that are agreed upon with a client that offers these versions. */
    private static String agreed(int port, String... protocols) throws Exception {
        SslContext context = SslContextBuilder.forClient().sslProvider(SslProvider.JDK)
                .trustManager(directory.resolve("ca.crt").toFile()).build();
        SSLContext java = ((JdkSslContext) context).context();
        try (SSLSocket socket = (SSLSocket) java.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setEnabledProtocols(protocols);
            socket.startHandshake();
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        }
    }

    @Test
    void versionsAndCipherSuites() throws Exception {
        int peerPort = TestStore.freePort();
        List<String> keys = List.of("--cert-file", file("store.crt"), "--key-file", file("store.key"),
                "--peer-cert-file", file("store.crt"), "--peer-key-file", file("store.key"), "--listen-client-urls",
                "https://127.0.0.1:0", "--listen-peer-urls", "https://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls", "https://127.0.0.1:" + peerPort);
        List<String> newest = new ArrayList<>(keys);
        newest.addAll(List.of("--data-dir", file("newest"), "--tls-min-version=TLS1.3"));
        try (ConfigurableApplicationContext context = StoreApplication.start(newest.toArray(new String[0]))) {
            for (int port : new int[]{port(context), peerPort}) {
                assertThat(agreed(port, "TLSv1.2", "TLSv1.3")).startsWith("TLSv1.3 ");
                assertThatThrownBy(() -> agreed(port, "TLSv1.2")).isInstanceOf(SSLException.class);
            }
        }
        List<String> chosen = new ArrayList<>(keys);
        chosen.addAll(List.of("--data-dir", file("chosen"), "--tls-max-version=TLS1.2",
                "--cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"));
        try (ConfigurableApplicationContext context = StoreApplication.start(chosen.toArray(new String[0]))) {
            for (int port : new int[]{port(context), peerPort}) {
                assertThat(agreed(port, "TLSv1.2", "TLSv1.3")).matches("TLSv1.2 .*_AES_256_CBC_SHA");
                assertThatThrownBy(() -> agreed(port, "TLSv1.3")).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void membersTalkOverTls() throws Exception {
        List<String> names = List.of("a", "b", "c");
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (ServerSocket socket = new ServerSocket(0)) {
                peers.add("https://127.0.0.1:" + socket.getLocalPort());
            }
        }
        String cluster = "a=" + peers.get(0) + ",b=" + peers.get(1) + ",c=" + peers.get(2);
        List<ConfigurableApplicationContext> contexts = new ArrayList<>();
        List<ManagedChannel> channels = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                List<String> flags = new ArrayList<>(clientTls());
                flags.addAll(List.of("--name", names.get(i), "--data-dir", file("member-" + names.get(i)),
                        "--listen-client-urls", "https://127.0.0.1:0",
                        "--advertise-client-urls", "https://" + names.get(i) + ".example:2379", "--listen-peer-urls",
                        peers.get(i), "--initial-cluster", cluster, "--peer-cert-file", file("store.crt"),
                        "--peer-key-file", file("store.key"), "--peer-trusted-ca-file", file("ca.crt"),
                        "--peer-client-cert-auth"));
                contexts.add(StoreApplication.start(flags.toArray(new String[0])));
                channels.add(channel(port(contexts.get(i)), "client"));
            }
            // Each write goes through another member, and each member reads what the others wrote.
            for (int i = 0; i < 9; i++) {
                KVGrpc.newBlockingStub(channels.get(i % 3)).withDeadlineAfter(30, TimeUnit.SECONDS)
                        .put(Requests.put("k" + i, "v"));
                assertThat(KVGrpc.newBlockingStub(channels.get((i + 1) % 3)).withDeadlineAfter(30, TimeUnit.SECONDS)
                        .range(Requests.range("k", "l").build()).getCount()).isEqualTo(i + 1);
            }
            var members = ClusterGrpc.newBlockingStub(channels.get(0))
                    .memberList(MemberListRequest.newBuilder().setLinearizable(true).build());
            assertThat(members.getMembersList()).hasSize(3).allMatch(member -> member.getPeerURLsCount() == 1);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
            contexts.forEach(ConfigurableApplicationContext::close);
        }
    }
}
