package io.myriad.apiserver.http;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Verifies client certificates against authorities. A result is remembered for a minute: requests share connections. */
final class ClientCertificates {
    private static final int MAX_REMEMBERED = 20_000;
    private static final long REMEMBERED_MILLIS = 60_000;

    private record Result(boolean good, long untilMillis) {}

    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final InstantSource clock;
    private final Map<X509Certificate, Result> remembered = new ConcurrentHashMap<>();

    ClientCertificates(List<X509Certificate> authorities, InstantSource clock) {
        authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
        this.clock = clock;
    }

    /** Whether the chain, leaf first, leads to an authority and is valid now. */
    boolean verify(List<X509Certificate> chain) {
        if (chain.isEmpty() || anchors.isEmpty()) {
            return false;
        }
        long now = clock.millis();
        Result known = remembered.get(chain.getFirst());
        if (known != null && now < known.untilMillis()) {
            return known.good();
        }
        boolean good = build(chain, now);
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(chain.getFirst(), new Result(good, now + REMEMBERED_MILLIS));
        return good;
    }

    private boolean build(List<X509Certificate> chain, long nowMillis) {
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(chain.getFirst());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(new Date(nowMillis));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException notTrusted) {
            return false;
        }
    }
}
