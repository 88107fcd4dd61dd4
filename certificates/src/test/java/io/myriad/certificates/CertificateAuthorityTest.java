package io.myriad.certificates;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

    private final CertificateAuthority authority = CertificateAuthority.create("test-ca", InstantSource.fixed(NOW));

    @Test
    void signsServersForTheirNamesAndAddresses() throws Exception {
        X509Certificate certificate = authority
                .issueServer("kube-apiserver", List.of("localhost", "127.0.0.1", "::1", "kubernetes.default.svc"))
                .certificate();

        verify(certificate, authority, NOW);
        assertThat(certificate.getSubjectAlternativeNames()).extracting(name -> (String) name.get(1)).containsExactly(
                "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1",
                "kubernetes.default.svc");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTHENTICATION);
        assertThat(certificate.getBasicConstraints()).as("may not sign others").isEqualTo(-1);
    }

    @Test
    void signsClientsWithNameAndGroups() throws Exception {
        X509Certificate certificate = authority.issueClient("kubernetes-admin", List.of("system:masters", "team:a"))
                .certificate();

        verify(certificate, authority, NOW);
        assertThat(certificate.getSubjectX500Principal().getName())
                .isEqualTo("CN=kubernetes-admin,O=team:a,O=system:masters");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly(CLIENT_AUTHENTICATION);
        assertThat(certificate.getSubjectAlternativeNames()).isNull();
    }

    @Test
    void signsPeersForBothEnds() throws Exception {
        X509Certificate certificate = authority.issuePeer("store-1", List.of("127.0.0.1")).certificate();

        verify(certificate, authority, NOW);
        assertThat(certificate.getExtendedKeyUsage()).containsExactly(SERVER_AUTHENTICATION, CLIENT_AUTHENTICATION);
    }

    @Test
    void isValidFromALittleBeforeNowForAYear() throws Exception {
        X509Certificate certificate = authority.issueClient("c", List.of()).certificate();

        verify(certificate, authority, NOW.minus(Duration.ofMinutes(4)));
        verify(certificate, authority, NOW.plus(Duration.ofDays(364)));
        assertThatThrownBy(() -> verify(certificate, authority, NOW.minus(Duration.ofMinutes(6))))
                .isInstanceOf(CertPathValidatorException.class);
        assertThatThrownBy(() -> verify(certificate, authority, NOW.plus(Duration.ofDays(366))))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void signsNothingThatOutlivesTheAuthority() {
        Instant late = NOW.plus(Duration.ofDays(3600));
        CertificateAuthority old = CertificateAuthority.of(authority.credential(), InstantSource.fixed(late));

        assertThat(old.issueClient("c", List.of()).certificate().getNotAfter())
                .isEqualTo(authority.credential().certificate().getNotAfter());
    }

    @Test
    void isNotTrustedByAnotherAuthority() {
        X509Certificate certificate = authority.issueClient("c", List.of()).certificate();
        CertificateAuthority other = CertificateAuthority.create("test-ca", InstantSource.fixed(NOW));

        assertThatThrownBy(() -> verify(certificate, other, NOW)).isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void survivesItsFiles(@TempDir Path directory) throws Exception {
        authority.credential().write(directory.resolve("ca.crt"), directory.resolve("ca.key"));

        CertificateAuthority read = CertificateAuthority.of(
                Credential.read(directory.resolve("ca.crt"), directory.resolve("ca.key")), InstantSource.fixed(NOW));

        verify(read.issueClient("c", List.of()).certificate(), authority, NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca.key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca.crt"))))
                .isEqualTo("rw-r--r--");
        try (var files = Files.list(directory)) {
            assertThat(files).as("no temporary file stays").hasSize(2);
        }
    }

    @Test
    void refusesALeafAsAuthority() {
        Credential leaf = authority.issueClient("c", List.of());

        assertThatThrownBy(() -> CertificateAuthority.of(leaf, InstantSource.fixed(NOW)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CN=c");
    }

    @Test
    void namesTheFileThatIsNoKey(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("broken.key");
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");

        assertThatIOException().isThrownBy(() -> Pem.readPrivateKey(file)).withMessageContaining("broken.key")
                .withMessageNotContaining("c2VjcmV0");
        assertThatIOException().isThrownBy(() -> Pem.readCertificate(file)).withMessageContaining("broken.key");
    }

    @Test
    void neverShowsAKey() {
        assertThat(authority.credential().toString()).isEqualTo("Credential[CN=test-ca]");
    }

    @Test
    void makesKeysForTokens() throws Exception {
        KeyPair keys = KeyPairs.generate();
        Signature signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(new byte[]{1, 2, 3});
        byte[] signature = signer.sign();

        signer.initVerify(keys.getPublic());
        signer.update(new byte[]{1, 2, 3});
        assertThat(signer.verify(signature)).isTrue();
        assertThat(Pem.encode(keys.getPublic())).startsWith("-----BEGIN PUBLIC KEY-----\n")
                .endsWith("-----END PUBLIC KEY-----\n");
    }

    private static void verify(X509Certificate certificate, CertificateAuthority authority, Instant time)
            throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(
                Set.of(new TrustAnchor(authority.credential().certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(time));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }
}
