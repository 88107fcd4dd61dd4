package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;

import io.myriad.certificates.KeyPairs;
import io.myriad.certificates.Pem;

/**
 * The key by which the user proves who they are, to each of their clusters, as one SSH key serves for many hosts: finding the primes of an RSA key takes up to two
 * seconds, for which nobody should have to wait with every cluster. Each cluster signs a certificate of its own for it.
 *
 * @param file
 *            where it is kept, readable by the user alone
 */
public record UserKey(Path file) {
    /**
     * The keys; made when there are none.
     *
     * @throws IOException
     *             when the file cannot be read or written, or holds no RSA key
     */
    public KeyPair keys() throws IOException {
        if (Files.exists(file)) {
            return withPublicKey(Pem.readPrivateKey(file));
        }
        KeyPair made = KeyPairs.generateRsa();
        Pem.writeSecret(file, Pem.encode(made.getPrivate()));
        return made;
    }

    private KeyPair withPublicKey(PrivateKey key) throws IOException {
        if (!(key instanceof RSAPrivateCrtKey rsa)) {
            throw new IOException(file + " holds no RSA key; remove it, and a new one is made");
        }
        try {
            return new KeyPair(KeyFactory.getInstance("RSA").generatePublic(
                    new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())), rsa);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no usable key; remove it, and a new one is made", e);
        }
    }
}
