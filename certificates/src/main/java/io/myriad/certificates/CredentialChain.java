package io.myriad.certificates;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key with the certificate over its public key and those that lead from there to an authority.
 *
 * @param privateKey the key
 * @param chain the certificates, its own first; at least one
 */
public record CredentialChain(PrivateKey privateKey, List<X509Certificate> chain) {
    public CredentialChain {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a key without a certificate");
        }
    }

    /** A credential without further certificates. */
    public static CredentialChain of(Credential credential) {
        return new CredentialChain(credential.privateKey(), List.of(credential.certificate()));
    }

    /**
     * Reads what a user brings along: PEM files of any common form.
     *
     * @throws IOException if a file cannot be read or holds no such thing; the message names it and shows nothing of it
     */
    public static CredentialChain read(Path certificateFile, Path keyFile) throws IOException {
        return new CredentialChain(PemKeys.readPrivateKey(keyFile), PemKeys.readCertificates(certificateFile));
    }

    /** Names the subject only: a key never reaches a log. */
    @Override
    public String toString() {
        return "CredentialChain[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
