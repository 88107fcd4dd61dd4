package io.myriad.control.client;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

import io.myriad.certificates.CredentialChain;
import io.myriad.certificates.SingleKeyManager;

/**
 * Who the client is and whom it trusts.
 *
 * @param tls the TLS context with the client's certificate, if it has one, and the authorities it trusts
 * @param certificates the client's chain, leaf first; empty where it has none
 * @param bearerToken gives the token for each request, or null where the client has none; never logged
 */
public record Credentials(SSLContext tls, List<X509Certificate> certificates,
        Supplier<@Nullable String> bearerToken) {
    public Credentials {
        certificates = List.copyOf(certificates);
    }

    /** Credentials out of PEM text; null authorities mean the JDK's, a null certificate or key means none. */
    static Credentials of(byte @Nullable [] authorities, byte @Nullable [] certificate, byte @Nullable [] key,
            Supplier<@Nullable String> bearerToken) throws GeneralSecurityException {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(keyManagers(certificate, key), trustManagers(authorities), new SecureRandom());
            return new Credentials(tls, certificate == null ? List.of() : Pem.certificates(certificate),
                    bearerToken);
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException(e); // an in-memory key store reads nothing
        }
    }

    private static KeyManager @Nullable [] keyManagers(byte @Nullable [] certificate, byte @Nullable [] key)
            throws GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        return new KeyManager[]{SingleKeyManager
                .of(new CredentialChain(Pem.privateKey(key), Pem.certificates(certificate)))};
    }

    private static TrustManager @Nullable [] trustManagers(byte @Nullable [] authorities)
            throws GeneralSecurityException, java.io.IOException {
        if (authorities == null) {
            return null;
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (X509Certificate authority : Pem.certificates(authorities)) {
            store.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
