package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.myriad.certificates.Pem;

import static org.assertj.core.api.Assertions.assertThat;

final class PkiTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Pki.Request REQUEST = new Pki.Request(List.of("store-1"), List.of("apiserver", "10.1.2.3"),
            "https://127.0.0.1:6443", "myriad-test");

    @TempDir
    private Path directory;

    @Test
    void laysFilesOutAsKubeadmDoesWithSecretsForTheOwnerOnly() throws Exception {
        ensure(NOW);

        TreeMap<String, String> modes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                modes.put(directory.relativize(file).toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertThat(modes.keySet()).contains("ca.crt", "ca.key", "etcd/ca.crt", "etcd/ca.key", "front-proxy-ca.crt",
                "apiserver.crt",
                "apiserver-etcd-client.crt", "etcd/server.crt", "etcd/peer.crt", "front-proxy-client.crt", "sa.key",
                "sa.pub", "admin.conf",
                "controller-manager.conf", "scheduler.conf", "hollow-nodes.conf", "component.crt", "monitoring.crt");
        modes.forEach((file, mode) -> assertThat(mode).as(file)
                .isEqualTo(file.endsWith(".key") || file.endsWith(".conf") ? "rw-------" : "rw-r--r--"));
    }

    @Test
    void givesEveryoneTheNameThatTheRolesAreBoundTo() throws Exception {
        ensure(NOW);

        assertThat(subject(Pki.Identity.ADMIN)).isEqualTo("CN=kubernetes-admin,O=system:masters");
        assertThat(subject(Pki.Identity.CONTROLLER)).isEqualTo("CN=system:kube-controller-manager");
        assertThat(subject(Pki.Identity.SCHEDULER)).isEqualTo("CN=system:kube-scheduler");
        assertThat(subject(Pki.Identity.HOLLOW_NODES)).isEqualTo("CN=myriad:hollow-nodes,O=myriad:hollow-nodes");
        assertThat(certificate(Pki.Identity.APISERVER).getSubjectAlternativeNames())
                .extracting(name -> (String) name.get(1)).contains(
                        "localhost", "127.0.0.1", "kubernetes.default.svc.cluster.local", "10.96.0.1", "apiserver",
                        "10.1.2.3");
        assertThat(certificate(Pki.Identity.STORE_SERVER).getSubjectAlternativeNames())
                .extracting(name -> (String) name.get(1))
                .contains("localhost", "store-1").doesNotContain("apiserver");
    }

    @Test
    void keepsWhatIsThereAndRenewsWhatEnds() throws Exception {
        ensure(NOW);
        X509Certificate admin = certificate(Pki.Identity.ADMIN);
        X509Certificate authority = Pem.readCertificate(pki().certificate(Pki.Authority.CLUSTER));
        String tokens = Files.readString(pki().serviceAccountKey());

        ensure(NOW.plus(Duration.ofDays(100)));
        assertThat(certificate(Pki.Identity.ADMIN)).isEqualTo(admin);

        ensure(NOW.plus(Duration.ofDays(300)));
        assertThat(certificate(Pki.Identity.ADMIN).getNotAfter()).isAfter(admin.getNotAfter());
        assertThat(Pem.readCertificate(pki().certificate(Pki.Authority.CLUSTER))).isEqualTo(authority);
        assertThat(Files.readString(pki().serviceAccountKey())).isEqualTo(tokens);
    }

    private void ensure(Instant now) throws IOException {
        pki().ensure(REQUEST, InstantSource.fixed(now));
    }

    private Pki pki() {
        return new Pki(directory);
    }

    private X509Certificate certificate(Pki.Identity identity) throws IOException {
        return Pem.readCertificate(pki().certificate(identity));
    }

    private String subject(Pki.Identity identity) throws IOException {
        return certificate(identity).getSubjectX500Principal().getName();
    }
}
