package io.myriad.apiserver.authentication;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

import org.jspecify.annotations.Nullable;

/**
 * Users by verified client certificate: the common name is the user, organizations are the groups. The TLS layer has
 * checked the chain against the client authority before. Thread-safe.
 */
public final class CertificateAuthenticator implements Authenticator {
    /** Which extra fact names the credential. */
    static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final String UID_ATTRIBUTE = "1.3.6.1.4.1.57683.2";
    private static final int MAX_REMEMBERED = 20_000;

    /** Who a certificate names, read from it once: each request of a connection shows the same one. */
    private final Map<X509Certificate, User> remembered = new ConcurrentHashMap<>();

    @Override
    public @Nullable User authenticate(Credentials credentials) {
        if (credentials.certificates().isEmpty()) {
            return null;
        }
        X509Certificate leaf = credentials.certificates().getFirst();
        User known = remembered.get(leaf);
        if (known != null) {
            return known;
        }
        User user = read(leaf);
        if (user != null) {
            if (remembered.size() >= MAX_REMEMBERED) {
                remembered.clear();
            }
            remembered.put(leaf, user);
        }
        return user;
    }

    private static @Nullable User read(X509Certificate leaf) {
        try {
            List<String> purposes = leaf.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
                return null;
            }
            return user(leaf);
        } catch (GeneralSecurityException | InvalidNameException unusable) {
            return null;
        }
    }

    private static @Nullable User user(X509Certificate leaf) throws GeneralSecurityException, InvalidNameException {
        String name = "";
        String uid = "";
        List<String> groups = new ArrayList<>();
        for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
            switch (rdn.getType()) {
                case "CN" -> name = rdn.getValue().toString();
                case "O" -> groups.addFirst(rdn.getValue().toString());
                case UID_ATTRIBUTE -> uid = rdn.getValue().toString();
                default -> {}
            }
        }
        if (name.isEmpty()) {
            return null;
        }
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded()));
        return new User(name, uid, List.copyOf(groups), Map.of(CREDENTIAL_ID, List.of("X509SHA256=" + hash)));
    }
}
