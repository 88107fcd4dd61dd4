package io.myriad.apiserver.admission.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

/**
 * Trusts a server whose chain ends in given authorities and whose certificate is for a given name, whatever address it is
 * reached at: a service's endpoints have the service's certificate. As Go, looks at alternative names alone.
 */
final class NamedTrust extends X509ExtendedTrustManager {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final X509TrustManager chain;
    private final String host;

    private NamedTrust(X509TrustManager chain, String host) {
        this.chain = chain;
        this.host = host.toLowerCase(Locale.ROOT);
    }

    /** @param authorities PEM in base64; empty for the system's */
    static NamedTrust of(String authorities, String host) throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (!authorities.isEmpty()) {
            store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int count = 0;
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Base64.getDecoder().decode(authorities)))) {
                store.setCertificateEntry("ca" + count++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) {
                return new NamedTrust(found, host);
            }
        }
        throw new GeneralSecurityException("there is no X.509 trust manager");
    }

    private void check(X509Certificate[] certificates, String type) throws CertificateException {
        chain.checkServerTrusted(certificates, type);
        if (!isFor(certificates[0])) {
            throw new CertificateException("certificate is not valid for " + host);
        }
    }

    private boolean isFor(X509Certificate leaf) throws CertificateException {
        var names = leaf.getSubjectAlternativeNames();
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            String value = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
            boolean same = name.get(0).equals(DNS_NAME) && covers(value)
                    || name.get(0).equals(IP_ADDRESS) && isAddress(value);
            if (same) {
                return true;
            }
        }
        return false;
    }

    /** A star stands for one label, the first. */
    private boolean covers(String name) {
        int dot = host.indexOf('.');
        return name.equals(host) || name.startsWith("*.") && dot > 0 && host.substring(dot).equals(name.substring(1));
    }

    private boolean isAddress(String value) {
        try {
            return host.chars()
                    .allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':' || c == '[' || c == ']')
                    && InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).equals(InetAddress.ofLiteral(value));
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String type) throws CertificateException {
        check(certificates, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String type, @Nullable Socket socket)
            throws CertificateException {
        check(certificates, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] certificates, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(certificates, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String type) throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String type, @Nullable Socket socket)
            throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] certificates, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("no clients here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() { return chain.getAcceptedIssuers(); }
}
