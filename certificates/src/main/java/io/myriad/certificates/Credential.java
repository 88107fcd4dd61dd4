package io.myriad.certificates;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A private key and the certificate over its public key.
 *
 * @param privateKey
 *            the key
 * @param certificate
 *            the certificate
 */
public record Credential(PrivateKey privateKey, X509Certificate certificate) {

    /** The certificate as PEM. */
    public String certificatePem() {
        return Pem.encode(certificate);
    }

    /** The private key as PEM (PKCS #8). */
    public String privateKeyPem() {
        return Pem.encode(privateKey);
    }

    /** Writes both as PEM files, the key readable by its owner only. A reader sees the old file or the new one, never a part. */
    public void write(Path certificateFile, Path keyFile) throws IOException {
        Pem.writeSecret(keyFile, privateKeyPem());
        Pem.writePublic(certificateFile, certificatePem());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException
     *             if a file cannot be read or is not such a PEM file; the message names it
     */
    public static Credential read(Path certificateFile, Path keyFile) throws IOException {
        return new Credential(Pem.readPrivateKey(keyFile), Pem.readCertificate(certificateFile));
    }

    /** Names the subject only: a key never reaches a log. */
    @Override
    public String toString() {
        return "Credential[" + certificate.getSubjectX500Principal() + "]";
    }
}
