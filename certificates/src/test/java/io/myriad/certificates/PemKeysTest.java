package io.myriad.certificates;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.InstantSource;
import java.util.List;

import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The forms that the JDK reads, and those that it does not. */
final class PemKeysTest {
    private final CertificateAuthority authority = CertificateAuthority.create("test-ca", InstantSource.system());

    @TempDir
    Path directory;

    @Test
    void readsPrivateKeysOfBothFormsAndKinds() throws IOException {
        for (KeyPair pair : List.of(KeyPairs.generate(), KeyPairs.generateRsa())) {
            assertThat(PemKeys.readPrivateKey(file(Pem.encode(pair.getPrivate())))).isEqualTo(pair.getPrivate());
            // PKCS #1 and SEC 1.
            assertThat(secret(PemKeys.readPrivateKey(file(traditional(pair))))).isEqualTo(secret(pair.getPrivate()));
        }
    }

    @Test
    void readsAllPublicKeysWhateverHoldsThem() throws IOException {
        KeyPair one = KeyPairs.generate();
        KeyPair two = KeyPairs.generateRsa();
        Credential certified = authority.issueClient("alice", List.of());

        assertThat(PemKeys.readPublicKeys(file(Pem.encode(one.getPublic()) + Pem.encode(two.getPublic()))))
                .containsExactly(one.getPublic(), two.getPublic());
        assertThat(PemKeys.readPublicKeys(
                file(Pem.encode(one.getPublic()) + traditional(two) + certified.certificatePem())))
                .containsExactly(one.getPublic(), two.getPublic(), certified.certificate().getPublicKey());
    }

    @Test
    void readsAChainInItsOrder() throws IOException {
        Credential own = authority.issueServer("server", List.of("127.0.0.1"));
        Path certificates = file("first line\n" + own.certificatePem() + authority.credential().certificatePem());
        Path key = directory.resolve("own.key");
        Files.writeString(key, own.privateKeyPem());

        assertThat(CredentialChain.read(certificates, key).chain()).containsExactly(own.certificate(),
                authority.credential().certificate());
    }

    @Test
    void namesTheFileThatHoldsNoneOrADamagedOne() throws IOException {
        Path none = file("nothing\n");
        assertThatThrownBy(() -> PemKeys.readPrivateKey(none)).isInstanceOf(IOException.class)
                .hasMessage(none + " holds no private key");
        assertThatThrownBy(() -> PemKeys.readCertificates(none)).isInstanceOf(IOException.class)
                .hasMessage(none + " holds no certificate");

        Path damaged = file("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> PemKeys.readPrivateKey(damaged)).isInstanceOf(IOException.class)
                .hasMessageStartingWith(damaged.toString());
    }

    private static BigInteger secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("file.pem"), text);
    }

    private static String traditional(KeyPair pair) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pair.getPrivate() instanceof ECPrivateKey ec
                    // The writer itself would leave out which curve it is.
                    ? new PemObject("EC PRIVATE KEY", new org.bouncycastle.asn1.sec.ECPrivateKey(256, ec.getS(),
                            SECObjectIdentifiers.secp256r1).getEncoded())
                    : pair);
        }
        return text.toString();
    }
}
