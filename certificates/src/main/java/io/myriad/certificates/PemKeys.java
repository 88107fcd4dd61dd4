package io.myriad.certificates;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Keys of any common PEM form (PKCS #1, PKCS #8, SEC 1, SubjectPublicKeyInfo, certificates), RSA or EC: what users bring
 * along, where {@link Pem} reads what this program wrote itself.
 */
public final class PemKeys {
    private static final long FILE_SIZE_LIMIT_BYTES = 1 << 20;

    private PemKeys() {}

    /**
     * The first private key of a file.
     *
     * @throws IOException if there is none; the message names the file and shows nothing of it
     */
    public static PrivateKey readPrivateKey(Path file) throws IOException {
        for (Object entry : entries(file)) {
            if (entry instanceof PEMKeyPair pair) {
                return new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
            }
            if (entry instanceof PrivateKeyInfo info) {
                return new JcaPEMKeyConverter().getPrivateKey(info);
            }
        }
        throw new IOException(file + " holds no private key");
    }

    /**
     * Every public key of a file: public keys, and those of private keys and certificates.
     *
     * @throws IOException if there is none; the message names the file
     */
    public static List<PublicKey> readPublicKeys(Path file) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        List<PublicKey> keys = new ArrayList<>();
        for (Object entry : entries(file)) {
            switch (entry) {
                case PEMKeyPair pair -> keys.add(converter.getKeyPair(pair).getPublic());
                case SubjectPublicKeyInfo info -> keys.add(converter.getPublicKey(info));
                case X509CertificateHolder certificate ->
                    keys.add(converter.getPublicKey(certificate.getSubjectPublicKeyInfo()));
                default -> {}
            }
        }
        if (keys.isEmpty()) {
            throw new IOException(file + " holds no public key");
        }
        return keys;
    }

    private static List<Object> entries(Path file) throws IOException {
        if (Files.size(file) > FILE_SIZE_LIMIT_BYTES) {
            throw new IOException(file + " is too large for a PEM file");
        }
        List<Object> entries = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(Files.readString(file)))) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                entries.add(entry);
            }
        } catch (RuntimeException damaged) {
            throw new IOException(file + " holds a damaged key", damaged);
        }
        return entries;
    }
}
